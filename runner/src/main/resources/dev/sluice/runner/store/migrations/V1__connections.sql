-- Runs on SQLite and PostgreSQL alike.
CREATE TABLE sluice_connection (
    name    TEXT   NOT NULL PRIMARY KEY,
    -- Raised by each runner that takes the connection; a write with an older one is refused.
    epoch   BIGINT NOT NULL
);

CREATE TABLE sluice_state (
    connection TEXT NOT NULL REFERENCES sluice_connection (name),
    -- STREAM, GLOBAL or LEGACY; the last two have one row, without a stream.
    type       TEXT NOT NULL,
    namespace  TEXT NOT NULL,
    stream     TEXT NOT NULL,
    -- JSON, text on purpose: key order and digits must come back as the source wrote them.
    state      TEXT NOT NULL,
    PRIMARY KEY (connection, namespace, stream)
);

CREATE TABLE sluice_generation (
    connection TEXT   NOT NULL REFERENCES sluice_connection (name),
    namespace  TEXT   NOT NULL,
    stream     TEXT   NOT NULL,
    generation BIGINT NOT NULL,
    -- 1 once a sync has brought it to its end.
    complete   INTEGER NOT NULL,
    PRIMARY KEY (connection, namespace, stream)
);

CREATE TABLE sluice_sync (
    connection TEXT   NOT NULL REFERENCES sluice_connection (name),
    sync       BIGINT NOT NULL,
    -- Milliseconds since 1970.
    started_at BIGINT NOT NULL,
    ended_at   BIGINT,
    records    BIGINT,
    bytes      BIGINT,
    -- The first thing that went wrong; empty when nothing did, NULL while it runs or when it was killed.
    failure    TEXT,
    PRIMARY KEY (connection, sync)
);
