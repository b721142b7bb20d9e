/// Writes streams into tables of a DuckDB file.
package dev.sluice.destination.duckdb;
