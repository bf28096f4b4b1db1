-- Rows in the order in which they are written, and their random keys in an index beside them: by key, nearly every
-- row that is written or settled is a page of its own to write. Answers need no index by age: they are as old as
-- their numbers say.

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

INSERT INTO bookings_in_order SELECT * FROM bookings ORDER BY confirmed_at;
DROP TABLE bookings;
ALTER TABLE bookings_in_order RENAME TO bookings;

CREATE INDEX bookings_buyer ON bookings (buyer_id, id DESC);
CREATE INDEX bookings_uncaptured ON bookings (confirmed_at)
    WHERE status = 'completed' AND payment_id IS NOT NULL AND captured_at IS NULL;
CREATE INDEX bookings_unrefunded ON bookings (cancelled_at)
    WHERE status = 'cancelled' AND payment_id IS NOT NULL AND refunded_at IS NULL;

DROP INDEX remembered_answers_age;
