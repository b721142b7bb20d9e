/// What the user wrote: a source, a destination, and how the streams between them are synced. Everything wrong
/// with it is reported at once, with line, key and what to write instead.
package dev.sluice.runner.connection;
