package org.apache.arrow.c;

/// The name under which DuckDB's driver looks for the address of a stream; Arrow's own library, 5 MB of it, is
/// not needed for that.
///
/// @param memoryAddress of a `struct ArrowArrayStream`, see the
///     [C stream interface](https://arrow.apache.org/docs/format/CStreamInterface.html)
public record ArrowArrayStream(long memoryAddress) {}
