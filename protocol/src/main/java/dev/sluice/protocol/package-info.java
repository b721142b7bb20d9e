/// The messages, catalogs and states of the Airbyte protocol as immutable values, named as in its schema
/// (version 0.3.2, MIT licence). A value that exists is valid: a required field that is missing is refused
/// by the constructor, an optional one that is absent is `Optional.empty()`.
///
/// How they become lines is the neighbour's business, [dev.sluice.protocol.json].
package dev.sluice.protocol;
