//! Accounts, sessions, tokens and terminals' secrets.

mod sessions;
mod sign_in;
mod tokens;
mod users;

use std::net::IpAddr;

use center::accounts::{self, PasswordChange, Secret, SignIn, SignInLimiter, SignedIn};
use center::db::{DateTime, Db};
use chrono::TimeDelta;
use fault::Result;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::support::{TestDb, at};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

/// A center with its first administrator, `admin`.
struct Fixture {
    test: TestDb,
    limiter: SignInLimiter,
    random: StdRng,
    now: DateTime,
    password: Secret,
}

impl Fixture {
    async fn new() -> Self {
        let (test, now) = (TestDb::new().await, at("2024-05-06T07:08:09.123456"));
        let mut random = StdRng::seed_from_u64(1);
        let password = accounts::create_first_administrator(&test.db, "Admin", now, &mut random).await;
        let password = password.unwrap().unwrap();
        Self { test, limiter: SignInLimiter::default(), random, now, password }
    }

    fn db(&self) -> &Db {
        &self.test.db
    }

    async fn sign_in(&mut self, name: &str, password: &Secret) -> Result<SignedIn> {
        let attempt = SignIn { name, password, address: HERE, user_agent: "test" };
        accounts::sign_in(&self.test.db, &self.limiter, attempt, self.now, &mut self.random).await
    }

    async fn admin(&mut self) -> SignedIn {
        let password = self.password.clone();
        self.sign_in("admin", &password).await.unwrap()
    }

    async fn admin_id(&self) -> i64 {
        accounts::list_users(self.db())
            .await
            .unwrap()
            .into_iter()
            .find(|user| user.name == "admin")
            .unwrap()
            .id
    }

    async fn change_password(
        &mut self,
        current: &Secret,
        new: &Secret,
        session: Option<&Secret>,
    ) -> Result<()> {
        let change = PasswordChange { user_id: self.admin_id().await, current, new, address: HERE, session };
        accounts::change_password(&self.test.db, &self.limiter, change, self.now, &mut self.random).await
    }

    fn pass(&mut self, time: TimeDelta) {
        self.now += time;
    }
}

fn secret(text: &str) -> Secret {
    Secret::from(text.to_owned())
}

fn notice<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.unwrap_err().notice().unwrap().id.to_string()
}
