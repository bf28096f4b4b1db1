-- Times are milliseconds since the Unix epoch, money is in minor units. Engine numbers that use all
-- 64 bits (buyers) are stored as the signed integer with the same bits.

CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('buyer', 'seller', 'admin')),
    created_at    INTEGER NOT NULL
) STRICT;

-- search_text is name and venue in lower case: SQLite's own functions only know ASCII's.
-- seating_config stands last, so that lists need not read through it.
CREATE TABLE events (
    id                      INTEGER PRIMARY KEY AUTOINCREMENT,
    seller_id               INTEGER NOT NULL REFERENCES users (id),
    name                    TEXT NOT NULL,
    description             TEXT NOT NULL,
    venue_name              TEXT NOT NULL,
    search_text             TEXT NOT NULL,
    starts_at               INTEGER NOT NULL,
    sale_opens_at           INTEGER,
    currency                TEXT NOT NULL,
    hold_seconds            INTEGER NOT NULL,
    max_tickets_per_booking INTEGER NOT NULL,
    max_tickets_per_buyer   INTEGER,
    partition               INTEGER NOT NULL,
    status                  TEXT NOT NULL CHECK (status IN ('draft', 'on_sale', 'closed')),
    created_at              INTEGER NOT NULL,
    seating_config          TEXT NOT NULL
) STRICT;

CREATE INDEX events_draft ON events (id) WHERE status = 'draft';

-- How far the ledger has followed each partition's outcomes; moves in the transaction that writes bookings.
CREATE TABLE ledger_positions (
    partition INTEGER PRIMARY KEY,
    outcome   INTEGER NOT NULL CHECK (outcome >= 0)
) STRICT;

-- No foreign keys: the log has decided what is sold, and the ledger must never refuse to note it.
CREATE TABLE bookings (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    event_id     INTEGER NOT NULL,
    buyer_id     INTEGER NOT NULL,
    holder       TEXT,
    seats        TEXT,
    area         INTEGER,
    quantity     INTEGER NOT NULL,
    total_price  INTEGER NOT NULL,
    payment_id   BLOB,
    status       TEXT NOT NULL CHECK (status IN ('completed', 'cancelled')),
    created_at   INTEGER NOT NULL,
    confirmed_at INTEGER NOT NULL,
    cancelled_at INTEGER,
    captured_at  INTEGER,
    refunded_at  INTEGER,
    partition    INTEGER NOT NULL,
    outcome      INTEGER NOT NULL,
    CHECK ((seats IS NULL) <> (area IS NULL)),
    CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX bookings_buyer ON bookings (buyer_id, id DESC);
CREATE INDEX bookings_uncaptured ON bookings (confirmed_at)
    WHERE status = 'completed' AND payment_id IS NOT NULL AND captured_at IS NULL;
CREATE INDEX bookings_unrefunded ON bookings (cancelled_at)
    WHERE status = 'cancelled' AND payment_id IS NOT NULL AND refunded_at IS NULL;

CREATE TABLE api_keys (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    key_hash   BLOB NOT NULL UNIQUE CHECK (length(key_hash) = 32),
    prefix     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

-- The sequence number bounds the table: counting its rows at every insert would not be cheap.
CREATE TABLE remembered_answers (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    request_key BLOB NOT NULL UNIQUE CHECK (length(request_key) = 16),
    fingerprint INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    body        TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX remembered_answers_age ON remembered_answers (created_at);

CREATE TABLE settings (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
