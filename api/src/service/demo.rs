//! An event to try things with.

use super::Service;
use crate::app::App;
use crate::auth::Caller;
use crate::http::time::{Timestamp, now};
use crate::problem::Problem;
use crate::routes::events::create::{NewSale, put_on_sale};
use crate::seating::{AreaConfig, SeatingConfig, SectionConfig, SubsectionsConfig};
use rowlock_persistence::sql::{DbError, EventFilter, NewUser, Role};

/// Who sells the demo event, and a buyer; both sign in with [`PASSWORD`].
pub const SELLER: &str = "seller@example.org";
/// Who may buy from it.
pub const BUYER: &str = "buyer@example.org";
/// Of both.
pub const PASSWORD: &str = "rowlock-demo";

const MONTH_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Puts an event on sale unless there is one, and gives back the id of the newest.
///
/// # Errors
/// What the routes would answer.
pub async fn ensure(service: &Service) -> Result<u64, Problem> {
    service.ready().await;
    let app = &service.app;
    let newest = app.database.list_events(&EventFilter::default(), None, 1).await?;
    if let Some(event) = newest.items.first() {
        return Ok(event.id.0);
    }
    let seller = ensure_user(app, SELLER, "Demo seller", Role::Seller).await?;
    ensure_user(app, BUYER, "Demo buyer", Role::Buyer).await?;
    Ok(put_on_sale(app, seller, sale()).await?.summary.id)
}

async fn ensure_user(app: &App, email: &str, name: &str, role: Role) -> Result<Caller, Problem> {
    let password_hash = app.auth.passwords.hash(PASSWORD.to_owned()).await?;
    let new = NewUser { email: email.to_owned(), name: name.to_owned(), password_hash, role, created_at: now() };
    let user = match app.database.create_user(new).await {
        Err(DbError::EmailTaken) => app.database.user_by_email(email).await?.map(|known| known.user),
        made => Some(made?),
    };
    let user = user.ok_or_else(|| Problem::internal(&"a user that exists cannot be found"))?;
    Ok(Caller { id: user.id, role: user.role })
}

fn sale() -> NewSale {
    let section = |name: &str, price, subsections| SectionConfig {
        name: name.to_owned(),
        price,
        focal_point: None,
        subsections: SubsectionsConfig::Count(subsections),
    };
    let floor = AreaConfig { area: "FLOOR".to_owned(), price: 2500, capacity: 1000 };
    NewSale {
        name: "Opening night".to_owned(),
        description: "The event that `make run` puts on sale.".to_owned(),
        venue_name: "Rowlock Hall".to_owned(),
        starts_at: Timestamp(now().plus_ms(MONTH_MS)),
        sale_opens_at: None,
        currency: "EUR".to_owned(),
        hold_seconds: 600,
        max_tickets_per_booking: 4,
        max_tickets_per_buyer: None,
        seating_config: SeatingConfig {
            rows: Some(20),
            cols: Some(25),
            sections: vec![section("A", 6000, 4), section("B", 3000, 4)],
            general_admission: vec![floor],
        },
    }
}
