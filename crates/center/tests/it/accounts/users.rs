//! Making users and changing what they may do.

use super::{Fixture, notice};
use center::accounts::{self, Principal, Role};

#[tokio::test]
async fn only_the_first_administrator_is_made_by_itself() {
    let mut test = Fixture::new().await;
    let again = accounts::create_first_administrator(&test.test.db, "root", test.now, &mut test.random).await;
    assert!(again.unwrap().is_none());
    assert_eq!(accounts::list_users(test.db()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn names_are_unique_whatever_their_case() {
    let mut test = Fixture::new().await;
    let taken = accounts::create_user(&test.test.db, "ADMIN", Role::Viewer, test.now, &mut test.random).await;
    let error = taken.unwrap_err();
    assert_eq!(error.notice().unwrap().id, "account.name_taken");
    assert_eq!(error.notice().unwrap().values, [("name".into(), "admin".to_owned())]);
    let empty = accounts::create_user(&test.test.db, " ", Role::Viewer, test.now, &mut test.random).await;
    assert_eq!(notice(empty), "account.name_invalid");
}

#[tokio::test]
async fn names_that_differ_in_an_accent_only_are_those_of_two_users() {
    let mut test = Fixture::new().await;
    for name in ["müller", "muller", "mu\u{308}ller"] {
        let made = accounts::create_user(&test.test.db, name, Role::Viewer, test.now, &mut test.random).await;
        let (user, password) = made.unwrap();
        let Principal::User { id, name: own, .. } = test.sign_in(name, &password).await.unwrap().principal
        else {
            panic!("a user")
        };
        assert_eq!((id, own.as_str()), (user.id, name));
    }
    let again =
        accounts::create_user(&test.test.db, "MÜLLER", Role::Viewer, test.now, &mut test.random).await;
    assert_eq!(notice(again), "account.name_taken");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let mut test = Fixture::new().await;
    let admin = test.admin_id().await;
    assert_eq!(
        notice(accounts::set_role(test.db(), admin, Role::Viewer).await),
        "account.last_administrator"
    );
    assert_eq!(
        notice(accounts::set_disabled(test.db(), admin, true, test.now).await),
        "account.last_administrator"
    );
    accounts::set_role(test.db(), admin, Role::Administrator).await.unwrap();

    let (other, _) =
        accounts::create_user(&test.test.db, "other", Role::Administrator, test.now, &mut test.random)
            .await
            .unwrap();
    accounts::set_disabled(test.db(), admin, true, test.now).await.unwrap();
    assert_eq!(
        notice(accounts::set_role(test.db(), other.id, Role::Operator).await),
        "account.last_administrator"
    );
}

#[tokio::test]
async fn another_role_holds_at_once_and_a_closed_account_ends_sessions() {
    let mut test = Fixture::new().await;
    let (user, password) =
        accounts::create_user(&test.test.db, "operator", Role::Operator, test.now, &mut test.random)
            .await
            .unwrap();
    let token = test.sign_in("operator", &password).await.unwrap().token;
    accounts::set_role(test.db(), user.id, Role::Viewer).await.unwrap();
    let principal = accounts::authenticate(test.db(), &token, test.now).await.unwrap();
    assert!(matches!(principal, Principal::User { role: Role::Viewer, .. }));

    accounts::set_disabled(test.db(), user.id, true, test.now).await.unwrap();
    assert!(accounts::authenticate(test.db(), &token, test.now).await.is_err());
    accounts::set_disabled(test.db(), user.id, false, test.now).await.unwrap();
    assert!(accounts::authenticate(test.db(), &token, test.now).await.is_err(), "sign in again");
}

#[tokio::test]
async fn a_reset_password_replaces_the_old_one_and_ends_sessions() {
    let mut test = Fixture::new().await;
    let token = test.admin().await.token;
    let (admin, old) = (test.admin_id().await, test.password.clone());
    let new = accounts::reset_password(&test.test.db, admin, &mut test.random).await.unwrap();
    assert!(accounts::authenticate(test.db(), &token, test.now).await.is_err());
    assert_eq!(notice(test.sign_in("admin", &old).await), "account.wrong_password");
    test.sign_in("admin", &new).await.unwrap();
    assert_eq!(
        notice(accounts::reset_password(&test.test.db, 99, &mut test.random).await),
        "account.user_missing"
    );
}

#[tokio::test]
async fn the_language_of_a_user_is_remembered() {
    let test = Fixture::new().await;
    let id = test.admin_id().await;
    accounts::set_locale(test.db(), id, Some("zh-CN")).await.unwrap();
    assert_eq!(accounts::find_user(test.db(), id).await.unwrap().locale.as_deref(), Some("zh-CN"));
    assert!(accounts::set_locale(test.db(), id, Some("../../etc")).await.is_err());
}
