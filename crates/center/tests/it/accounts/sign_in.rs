//! Proving who one is, and changing the password.

use super::{Fixture, notice, secret};
use center::accounts::{self, Principal, Role};
use chrono::TimeDelta;

#[tokio::test]
async fn the_first_administrator_signs_in_and_must_change_the_password() {
    let mut test = Fixture::new().await;
    let signed_in = test.admin().await;
    let Principal::User { name, role, must_change, .. } = &signed_in.principal else { panic!("a user") };
    assert_eq!((name.as_str(), *role, *must_change), ("admin", Role::Administrator, true));
    assert_eq!(notice(signed_in.principal.require(Role::Viewer)), "account.must_change_password");

    let (old, new) = (test.password.clone(), secret("a long new password"));
    test.change_password(&old, &new, Some(&signed_in.token)).await.unwrap();
    let principal = accounts::authenticate(test.db(), &signed_in.token, test.now).await.unwrap();
    principal.require(Role::Administrator).unwrap();
    assert_eq!(notice(test.sign_in("admin", &old).await), "account.wrong_password");
    test.sign_in(" ADMIN ", &new).await.unwrap();
}

#[tokio::test]
async fn a_name_without_user_and_a_wrong_password_look_alike() {
    let mut test = Fixture::new().await;
    let wrong = test.sign_in("admin", &secret("wrong password")).await.unwrap_err();
    for name in ["nobody", "", "a b", &"x".repeat(5000)] {
        let unknown = test.sign_in(name, &secret("wrong password")).await.unwrap_err();
        assert_eq!((unknown.kind(), unknown.to_string()), (wrong.kind(), wrong.to_string()));
    }
    let long = secret(&"x".repeat(1_000_000));
    assert_eq!(notice(test.sign_in("admin", &long).await), "account.wrong_password");
}

#[tokio::test]
async fn who_guesses_too_often_has_to_wait_even_with_the_right_password() {
    let mut test = Fixture::new().await;
    for _ in 0..5 {
        assert_eq!(notice(test.sign_in("admin", &secret("wrong password")).await), "account.wrong_password");
    }
    let password = test.password.clone();
    let error = test.sign_in("admin", &password).await.unwrap_err();
    assert_eq!(error.notice().unwrap().values, [("seconds".into(), "300".to_owned())]);
    test.pass(TimeDelta::seconds(300));
    test.sign_in("admin", &password).await.unwrap();
}

#[tokio::test]
async fn who_writes_the_name_with_accents_is_nobody_and_gets_no_more_guesses() {
    let mut test = Fixture::new().await;
    let password = test.password.clone();
    for name in ["ádmin", "ADMÌN", "a\u{301}dmin", "admin\u{200d}"] {
        assert_eq!(notice(test.sign_in(name, &password).await), "account.wrong_password", "{name:?}");
    }
    test.sign_in("Admin", &password).await.unwrap();
}

#[tokio::test]
async fn a_new_password_has_rules() {
    let mut test = Fixture::new().await;
    let current = test.password.clone();
    let short = test.change_password(&current, &secret("short"), None).await;
    assert_eq!(notice(short), "account.password_too_short");
    let long = test.change_password(&current, &secret(&"x".repeat(1025)), None).await;
    assert_eq!(notice(long), "account.password_too_long");
    assert_eq!(notice(test.change_password(&current, &current, None).await), "account.password_unchanged");
    let guess = test.change_password(&secret("wrong password"), &secret("a long new password"), None).await;
    assert_eq!(notice(guess), "account.wrong_present_password");
    test.sign_in("admin", &current).await.unwrap();
}

#[tokio::test]
async fn guesses_at_the_present_password_count_too() {
    let mut test = Fixture::new().await;
    for _ in 0..5 {
        let guess =
            test.change_password(&secret("wrong password"), &secret("a long new password"), None).await;
        assert_eq!(notice(guess), "account.wrong_present_password");
    }
    let current = test.password.clone();
    let right = test.change_password(&current, &secret("a long new password"), None).await;
    assert_eq!(notice(right), "account.too_many_attempts");
}

#[tokio::test]
async fn a_closed_account_is_told_only_to_who_knows_the_password() {
    let mut test = Fixture::new().await;
    let (user, password) =
        accounts::create_user(&test.test.db, "Operator", Role::Operator, test.now, &mut test.random)
            .await
            .unwrap();
    accounts::set_disabled(test.db(), user.id, true, test.now).await.unwrap();
    assert_eq!(notice(test.sign_in("operator", &secret("wrong password")).await), "account.wrong_password");
    assert_eq!(notice(test.sign_in("operator", &password).await), "account.disabled");
    accounts::set_disabled(test.db(), user.id, false, test.now).await.unwrap();
    test.sign_in("operator", &password).await.unwrap();
}
