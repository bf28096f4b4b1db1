//! People: register, sign in and out.

use crate::app::App;
use crate::auth::{COOKIE, Caller, TOKEN_SECONDS};
use crate::http::idempotency::once;
use crate::http::time::now;
use crate::http::{IdempotencyKey, Json, Valid, fingerprint};
use crate::problem::{Otherwise, Problem};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use rowlock_persistence::sql::{NewUser, Role, User};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes of /api/user.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(register_too, me_too))
        .routes(routes!(login))
        .routes(routes!(logout))
        .routes(routes!(me))
}

/// Somebody new.
#[derive(Deserialize, ToSchema, Validate)]
pub struct Registration {
    /// Two that differ only in case are one.
    #[garde(email, length(max = 254))]
    #[schema(example = "ada@example.org")]
    pub email: String,
    /// 8 to 128 characters.
    #[garde(length(chars, min = 8, max = 128))]
    #[schema(min_length = 8, max_length = 128)]
    pub password: String,
    /// How to address them.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What they want to do.
    #[garde(skip)]
    pub role: RegisteredRole,
}

/// What one may register as.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegisteredRole {
    /// Books seats.
    Buyer,
    /// Sells events.
    Seller,
}

/// Somebody who says who they are.
#[derive(Deserialize, ToSchema)]
pub struct Login {
    /// In any case.
    pub email: String,
    /// The password.
    pub password: String,
}

/// A user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserView {
    /// The id.
    pub id: i64,
    /// In lower case.
    pub email: String,
    /// How to address them.
    pub name: String,
    /// `buyer`, `seller` or `admin`.
    pub role: &'static str,
}

/// A token, and whose it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenView {
    /// To be sent as `Authorization: Bearer …`.
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: u64,
    /// Who signed in.
    pub user: UserView,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        Self { id: user.id.0, email: user.email, name: user.name, role: user.role.as_str() }
    }
}

/// Register
#[utoipa::path(
    post, path = "/api/user/register", tag = "users", request_body = Registration,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "the user", body = UserView), Otherwise)
)]
pub async fn register(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    key: Option<IdempotencyKey>,
    Valid(new): Valid<Registration>,
) -> Result<Response, Problem> {
    app.limits.login(address.ip())?;
    let scope = format!("register:{}", new.email.to_lowercase());
    // Without the password: a digest that is made fast and kept would undo the slow hash.
    let fingerprint = fingerprint(&(&new.name, new.role));
    once(&app.clone(), &scope, key, fingerprint, async move {
        let role = match new.role {
            RegisteredRole::Buyer => Role::Buyer,
            RegisteredRole::Seller => Role::Seller,
        };
        let password_hash = app.auth.passwords.hash(new.password).await?;
        let new = NewUser { email: new.email, name: new.name, password_hash, role, created_at: now() };
        let user: UserView = app.database.create_user(new).await?.into();
        Ok((StatusCode::CREATED, Json(user)).into_response())
    })
    .await
}

/// Register, at another place
#[utoipa::path(
    post, path = "/api/user", tag = "users", request_body = Registration,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "the user", body = UserView), Otherwise)
)]
pub async fn register_too(
    app: State<App>,
    address: ConnectInfo<SocketAddr>,
    key: Option<IdempotencyKey>,
    new: Valid<Registration>,
) -> Result<Response, Problem> {
    register(app, address, key, new).await
}

/// Sign in
///
/// Gives a token, and sets it as a cookie for browsers.
#[utoipa::path(
    post, path = "/api/user/login", tag = "users", request_body = Login,
    responses((status = 200, description = "signed in", body = TokenView), Otherwise)
)]
pub async fn login(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    Json(login): Json<Login>,
) -> Result<Response, Problem> {
    app.limits.login(address.ip())?;
    let known = app.database.user_by_email(&login.email).await?;
    let (user, hash) = known.map(|known| (known.user, known.password_hash)).unzip();
    // Hashed for an unknown address as well: the time must not tell.
    let is_right = app.auth.passwords.verify(login.password, hash).await?;
    let Some(user) = user.filter(|_| is_right) else {
        let detail = "e-mail address or password is wrong";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "bad_credentials", detail));
    };
    let access_token = app.auth.tokens.issue(user.id, user.role);
    let cookie = set_cookie(&app, &access_token, TOKEN_SECONDS);
    let token = TokenView { access_token, token_type: "Bearer", expires_in: TOKEN_SECONDS, user: user.into() };
    let headers = [(header::SET_COOKIE, cookie), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((headers, Json(token)).into_response())
}

/// Sign out
///
/// Takes the cookie away. A token stays good until it expires.
#[utoipa::path(post, path = "/api/user/logout", tag = "users", responses((status = 204, description = "signed out"), Otherwise))]
pub async fn logout(State(app): State<App>) -> Response {
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, set_cookie(&app, "", 0))]).into_response()
}

/// Who is signed in
#[utoipa::path(
    get, path = "/api/user/me", tag = "users", security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "the user", body = UserView), Otherwise)
)]
pub async fn me(State(app): State<App>, caller: Caller) -> Result<Json<UserView>, Problem> {
    let user = app.database.user(caller.id).await?;
    user.map(|user| Json(user.into())).ok_or_else(|| Problem::unauthenticated("the token's user does not exist"))
}

/// Who is signed in, at another place
#[utoipa::path(
    get, path = "/api/user", tag = "users", security(("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "the user", body = UserView), Otherwise)
)]
pub async fn me_too(app: State<App>, caller: Caller) -> Result<Json<UserView>, Problem> {
    me(app, caller).await
}

/// On loopback there is no TLS, and the cookie must come back all the same.
fn set_cookie(app: &App, token: &str, seconds: u64) -> HeaderValue {
    let secure = if app.config.listen.ip().is_loopback() { "" } else { "; Secure" };
    let cookie = format!("{COOKIE}={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&cookie).expect("a token is visible ASCII")
}
