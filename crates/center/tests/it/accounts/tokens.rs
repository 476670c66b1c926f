//! API tokens, enrolment tokens and terminals' secrets.

use super::{Fixture, notice, secret};
use center::accounts::{self, Enrolled, NewEnrolmentToken, NewTerminal, Principal, Secret};
use center::db::entities::terminal;
use chrono::TimeDelta;
use fault::Result;
use sea_orm::{EntityTrait, PaginatorTrait};

async fn enrolment(test: &mut Fixture, uses: u32) -> Secret {
    let new = NewEnrolmentToken { name: "room 1", uses, lifetime: TimeDelta::hours(1), created_by: "admin" };
    accounts::create_enrolment_token(&test.test.db, new, test.now, &mut test.random).await.unwrap().1
}

async fn enrol(test: &mut Fixture, token: &Secret) -> Result<Enrolled> {
    let (db, now) = (&test.test.db, test.now);
    let new = NewTerminal::new(token, "PC-1", "00:1A:2B:3C:4D:5E");
    accounts::enrol_terminal(db, new, now, &mut test.random).await
}

#[tokio::test]
async fn an_api_token_acts_for_its_user_until_it_ends() {
    let mut test = Fixture::new().await;
    let (user, end) = (test.admin_id().await, test.now + TimeDelta::days(1));
    let (row, token) =
        accounts::create_api_token(&test.test.db, user, "backup", Some(end), test.now, &mut test.random)
            .await
            .unwrap();
    assert!(token.expose().starts_with("dc_") && !format!("{row:?}").contains(token.expose()));
    let principal = accounts::authenticate(test.db(), &token, test.now).await.unwrap();
    assert!(matches!(principal, Principal::User { id, .. } if id == user));
    assert_eq!(accounts::list_api_tokens(test.db(), user).await.unwrap()[0].last_used_at, Some(test.now));
    test.pass(TimeDelta::days(1));
    assert_eq!(notice(accounts::authenticate(test.db(), &token, test.now).await), "account.token_refused");
}

#[tokio::test]
async fn a_withdrawn_api_token_is_refused_and_only_its_user_withdraws_it() {
    let mut test = Fixture::new().await;
    let user = test.admin_id().await;
    let (row, token) =
        accounts::create_api_token(&test.test.db, user, "ci", None, test.now, &mut test.random)
            .await
            .unwrap();
    let of_another = accounts::revoke_api_token(test.db(), user + 1, row.id, test.now).await;
    assert_eq!(notice(of_another), "account.token_not_found");
    accounts::authenticate(test.db(), &token, test.now).await.unwrap();
    accounts::revoke_api_token(test.db(), user, row.id, test.now).await.unwrap();
    let again = accounts::revoke_api_token(test.db(), user, row.id, test.now).await;
    assert_eq!(notice(again), "account.token_not_found");
    assert_eq!(notice(accounts::authenticate(test.db(), &token, test.now).await), "account.token_refused");
    assert!(accounts::list_api_tokens(test.db(), user).await.unwrap().is_empty());
    let ended =
        accounts::create_api_token(&test.test.db, user, "x", Some(test.now), test.now, &mut test.random)
            .await;
    assert_eq!(notice(ended), "account.token_invalid");
}

#[tokio::test]
async fn an_enrolled_terminal_is_known_by_its_secret_until_it_is_removed() {
    let mut test = Fixture::new().await;
    let token = enrolment(&mut test, 1).await;
    let enrolled = enrol(&mut test, &token).await.unwrap();
    assert!(token.expose().starts_with("dce_") && enrolled.secret.expose().starts_with("dct_"));
    let principal = accounts::authenticate(test.db(), &enrolled.secret, test.now).await.unwrap();
    assert_eq!(principal, Principal::Terminal { id: enrolled.id.clone() });

    let row = terminal::Entity::find_by_id(enrolled.id).one(test.db()).await.unwrap().unwrap();
    assert_eq!((row.mac.as_str(), row.enrolled_at), ("001a2b3c4d5e", test.now));
    let gone = terminal::ActiveModel { deleted_at: sea_orm::Set(Some(test.now)), ..row.into() };
    sea_orm::ActiveModelTrait::update(gone, test.db()).await.unwrap();
    let refused = accounts::authenticate(test.db(), &enrolled.secret, test.now).await;
    assert_eq!(notice(refused), "account.terminal_unknown");
}

#[tokio::test]
async fn an_enrolment_token_is_good_for_so_many_terminals_and_so_long() {
    let mut test = Fixture::new().await;
    let token = enrolment(&mut test, 2).await;
    enrol(&mut test, &token).await.unwrap();
    enrol(&mut test, &token).await.unwrap();
    assert_eq!(notice(enrol(&mut test, &token).await), "account.enrolment_refused");
    assert_eq!(terminal::Entity::find().count(test.db()).await.unwrap(), 2);

    let token = enrolment(&mut test, 2).await;
    assert_eq!(accounts::list_enrolment_tokens(test.db(), test.now).await.unwrap().len(), 1);
    test.pass(TimeDelta::hours(1));
    assert_eq!(notice(enrol(&mut test, &token).await), "account.enrolment_refused");
}

#[tokio::test]
async fn a_refused_terminal_takes_no_use() {
    let mut test = Fixture::new().await;
    let token = enrolment(&mut test, 1).await;
    let nameless = NewTerminal::new(&token, "", "");
    let bad = accounts::enrol_terminal(&test.test.db, nameless, test.now, &mut test.random).await;
    assert_eq!(notice(bad), "account.name_invalid");
    enrol(&mut test, &token).await.unwrap();
}

#[tokio::test]
async fn a_withdrawn_enrolment_token_is_refused() {
    let mut test = Fixture::new().await;
    let token = enrolment(&mut test, 5).await;
    let id = accounts::list_enrolment_tokens(test.db(), test.now).await.unwrap()[0].id;
    accounts::delete_enrolment_token(test.db(), id).await.unwrap();
    assert_eq!(notice(accounts::delete_enrolment_token(test.db(), id).await), "account.token_not_found");
    assert_eq!(notice(enrol(&mut test, &token).await), "account.enrolment_refused");
}

#[tokio::test]
async fn an_enrolment_token_needs_uses_and_time() {
    let mut test = Fixture::new().await;
    for (uses, hours) in [(0, 1), (100_001, 1), (u32::MAX, 1), (1, 0), (1, -1), (1, i64::MAX / 3_600_000)] {
        let new =
            NewEnrolmentToken { name: "x", uses, lifetime: TimeDelta::hours(hours), created_by: "admin" };
        let made = accounts::create_enrolment_token(&test.test.db, new, test.now, &mut test.random).await;
        assert_eq!(notice(made), "account.token_invalid", "{uses} uses, {hours} h");
    }
}

#[tokio::test]
async fn a_secret_of_one_kind_is_none_of_another() {
    let mut test = Fixture::new().await;
    let (session, token) = (test.admin().await.token, enrolment(&mut test, 1).await);
    assert_eq!(notice(accounts::authenticate(test.db(), &token, test.now).await), "account.token_refused");
    assert_eq!(notice(enrol(&mut test, &session).await), "account.enrolment_refused");
    for (text, expected) in [
        ("", "account.signed_out"),
        ("dc_", "account.token_refused"),
        ("dct_", "account.terminal_unknown"),
        (&"x".repeat(1 << 20), "account.signed_out"),
    ] {
        assert_eq!(notice(accounts::authenticate(test.db(), &secret(text), test.now).await), expected);
    }
}
