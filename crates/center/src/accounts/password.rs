//! Passwords as argon2id hashes. Hashing is slow on purpose and happens on blocking threads, a few at a time.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Argon2, RECOMMENDED_SALT_LEN};
use fault::{Error, Result};
use tokio::sync::Semaphore;

use super::limits;
use super::secret::{Random, Secret};

static HASHING: Semaphore = Semaphore::const_new(limits::HASHES_AT_ONCE);

/// The PHC string that stands for `password` in the database.
pub(super) async fn hash(password: &Secret, random: Random<'_>) -> Result<String> {
    let mut salt = [0; RECOMMENDED_SALT_LEN];
    random.fill_bytes(&mut salt);
    hash_with(password, salt).await
}

async fn hash_with(password: &Secret, salt: [u8; RECOMMENDED_SALT_LEN]) -> Result<String> {
    let password = password.clone();
    in_background(move || {
        let salt =
            SaltString::encode_b64(&salt).map_err(|error| Error::bug(format!("make a salt: {error}")))?;
        let hash = Argon2::default().hash_password(password.expose().as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| Error::bug(format!("hash a password: {error}")))
    })
    .await
}

/// Whether `password` is the one that `stored` stands for. Without `stored` (no such user) it works as long and
/// says no, so that the time does not tell whether a user exists.
pub(super) async fn verify(stored: Option<&str>, password: &Secret) -> Result<bool> {
    if password.expose().len() > limits::PASSWORD_BYTES_MAX {
        return Ok(false);
    }
    let Some(stored) = stored.map(str::to_owned) else {
        hash_with(password, [0; RECOMMENDED_SALT_LEN]).await?;
        return Ok(false);
    };
    let password = password.clone();
    in_background(move || {
        let hash = PasswordHash::new(&stored);
        let hash = hash.map_err(|error| Error::corrupt(format!("stored password hash: {error}")))?;
        Ok(Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok())
    })
    .await
}

/// Refuses passwords that may not be chosen.
pub(super) fn check(password: &Secret) -> Result<()> {
    let password = password.expose();
    if password.chars().count() < limits::PASSWORD_CHARS_MIN {
        let error =
            Error::invalid(format!("take a password of less than {} characters", limits::PASSWORD_CHARS_MIN));
        return Err(error
            .with_notice("account.password_too_short")
            .with_value("minimum", limits::PASSWORD_CHARS_MIN));
    }
    if password.len() > limits::PASSWORD_BYTES_MAX {
        let error =
            Error::invalid(format!("take a password of more than {} bytes", limits::PASSWORD_BYTES_MAX));
        return Err(error
            .with_notice("account.password_too_long")
            .with_value("maximum", limits::PASSWORD_BYTES_MAX));
    }
    Ok(())
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let turn = HASHING.acquire().await.map_err(|_| Error::bug("hash passwords: no more turns"))?;
    let result = tokio::task::spawn_blocking(move || {
        // Held until the work is done, also when nobody waits for it any more.
        let _turn = turn;
        work()
    });
    result.await.map_err(|error| Error::bug("hash a password").with_source(error))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn secret(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let stored = hash(&secret("correct horse"), &mut StdRng::seed_from_u64(1)).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify(Some(&stored), &secret("correct horse")).await.unwrap());
        assert!(!verify(Some(&stored), &secret("correct horsf")).await.unwrap());
        assert!(!verify(None, &secret("correct horse")).await.unwrap());
    }

    #[tokio::test]
    async fn a_damaged_hash_is_no_wrong_password() {
        assert_eq!(verify(Some("plain"), &secret("plain")).await.unwrap_err().kind(), fault::Kind::Corrupt);
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert!(check(&secret("一二三四五六七八九十")).is_ok());
        assert!(check(&secret("123456789")).is_err());
        assert!(check(&secret(&"x".repeat(1025))).is_err());
    }
}
