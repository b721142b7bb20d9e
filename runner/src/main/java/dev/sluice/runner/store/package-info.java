/// The state store on SQL: an embedded SQLite file by default, PostgreSQL by URL; the same statements and the
/// same migrations on both.
package dev.sluice.runner.store;
