/// Stands in for the one class of Arrow's library that DuckDB's driver knows by name.
package org.apache.arrow.c;
