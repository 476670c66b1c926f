//! How long a session lasts.

use super::{Fixture, notice, secret};
use center::accounts;
use center::db::entities::session;
use chrono::TimeDelta;
use sea_orm::{ActiveModelTrait, EntityTrait, PaginatorTrait};

#[tokio::test]
async fn a_session_that_is_used_goes_on_for_seven_days() {
    let mut test = Fixture::new().await;
    let token = test.admin().await.token;
    for _ in 0..15 {
        test.pass(TimeDelta::hours(11));
        accounts::authenticate(test.db(), &token, test.now).await.unwrap();
    }
    // 165 h have passed of 168.
    test.pass(TimeDelta::hours(3));
    assert_eq!(notice(accounts::authenticate(test.db(), &token, test.now).await), "account.signed_out");
}

#[tokio::test]
async fn a_session_that_is_not_used_ends_after_twelve_hours() {
    let mut test = Fixture::new().await;
    let signed_in = test.admin().await;
    test.pass(TimeDelta::hours(12) - TimeDelta::microseconds(1));
    assert!(test.now < signed_in.expires_at);
    accounts::authenticate(test.db(), &signed_in.token, test.now).await.unwrap();
    test.pass(TimeDelta::hours(12));
    assert_eq!(
        notice(accounts::authenticate(test.db(), &signed_in.token, test.now).await),
        "account.signed_out"
    );
    accounts::remove_expired_sessions(test.db(), test.now).await.unwrap();
    assert_eq!(session::Entity::find().count(test.db()).await.unwrap(), 0);
}

#[tokio::test]
async fn use_is_recorded_once_a_minute() {
    let mut test = Fixture::new().await;
    let token = test.admin().await.token;
    let began = test.now;
    let last_used =
        async |test: &Fixture| session::Entity::find().one(test.db()).await.unwrap().unwrap().last_used_at;
    test.pass(TimeDelta::seconds(59));
    accounts::authenticate(test.db(), &token, test.now).await.unwrap();
    assert_eq!(last_used(&test).await, began);
    test.pass(TimeDelta::seconds(1));
    accounts::authenticate(test.db(), &token, test.now).await.unwrap();
    assert_eq!(last_used(&test).await, test.now);
}

#[tokio::test]
async fn signing_out_ends_one_session_and_a_new_password_all_others() {
    let mut test = Fixture::new().await;
    let (first, second, third) =
        (test.admin().await.token, test.admin().await.token, test.admin().await.token);
    accounts::end_session(test.db(), &first).await.unwrap();
    accounts::end_session(test.db(), &first).await.unwrap();
    assert!(accounts::authenticate(test.db(), &first, test.now).await.is_err());

    let current = test.password.clone();
    test.change_password(&current, &secret("a long new password"), Some(&third)).await.unwrap();
    assert!(accounts::authenticate(test.db(), &second, test.now).await.is_err());
    accounts::authenticate(test.db(), &third, test.now).await.unwrap();
    let id = test.admin_id().await;
    assert_eq!(accounts::list_sessions(test.db(), id, test.now).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_user_has_at_most_fifty_sessions() {
    let mut test = Fixture::new().await;
    let first = test.admin().await.token;
    let user_id = test.admin_id().await;
    for number in 0..50 {
        let row = session::Model {
            token_hash: format!("{number:064}"),
            user_id,
            created_at: test.now,
            last_used_at: test.now + TimeDelta::seconds(1),
            expires_at: test.now + TimeDelta::hours(12),
            user_agent: String::new(),
            address: String::new(),
        };
        let row = sea_orm::IntoActiveModel::into_active_model(row);
        session::Entity::insert(row.reset_all()).exec_without_returning(test.db()).await.unwrap();
    }
    test.pass(TimeDelta::seconds(2));
    let last = test.admin().await.token;
    assert_eq!(session::Entity::find().count(test.db()).await.unwrap(), 50);
    assert!(accounts::authenticate(test.db(), &first, test.now).await.is_err(), "unused for longest");
    accounts::authenticate(test.db(), &last, test.now).await.unwrap();
}

#[tokio::test]
async fn the_token_itself_is_stored_nowhere() {
    let mut test = Fixture::new().await;
    let token = test.admin().await.token;
    let stored = session::Entity::find().one(test.db()).await.unwrap().unwrap();
    assert!(!format!("{stored:?}").contains(token.expose()));
    assert_eq!(
        notice(accounts::authenticate(test.db(), &secret(&stored.token_hash), test.now).await),
        "account.signed_out"
    );
}
