-- The configuration a connector has asked for (CONTROL), which stands in for what the user wrote. Holds secrets.
CREATE TABLE sluice_config (
    -- No reference: a check may come before the first sync.
    connection TEXT NOT NULL,
    -- source or destination
    side       TEXT NOT NULL,
    -- Salted hash of what the user had written then: when that changes, this row no longer counts.
    written    TEXT NOT NULL,
    config     TEXT NOT NULL,
    PRIMARY KEY (connection, side)
);
