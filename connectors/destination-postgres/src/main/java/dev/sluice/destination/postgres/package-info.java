/// Writes streams into PostgreSQL: binary COPY into the table itself or into a staging table beside it, which then
/// takes the table's place or is merged into it.
package dev.sluice.destination.postgres;
