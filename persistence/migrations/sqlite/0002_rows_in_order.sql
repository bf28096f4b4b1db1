-- Rows in the order in which they are written, and their random keys in an index beside them: by key, nearly every
-- row that is written or settled is a page of its own to write. Answers need no index at all: they are as old as
-- their numbers say, and which key has which number is known in memory.

CREATE TABLE bookings_in_order (
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
) STRICT;

-- By id, which is by the time that they were made.
INSERT INTO bookings_in_order SELECT * FROM bookings;
DROP TABLE bookings;
ALTER TABLE bookings_in_order RENAME TO bookings;

CREATE INDEX bookings_buyer ON bookings (buyer_id, id DESC);
CREATE INDEX bookings_uncaptured ON bookings (confirmed_at)
    WHERE status = 'completed' AND payment_id IS NOT NULL AND captured_at IS NULL;
CREATE INDEX bookings_unrefunded ON bookings (cancelled_at)
    WHERE status = 'cancelled' AND payment_id IS NOT NULL AND refunded_at IS NULL;

CREATE TABLE answers_in_order (
    sequence    INTEGER PRIMARY KEY,
    request_key BLOB NOT NULL CHECK (length(request_key) = 16),
    fingerprint INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    body        TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

INSERT INTO answers_in_order SELECT * FROM remembered_answers;
DROP TABLE remembered_answers;
ALTER TABLE answers_in_order RENAME TO remembered_answers;
