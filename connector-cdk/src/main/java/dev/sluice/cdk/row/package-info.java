/// A record's `data` as typed values of the declared columns: bytes in, numbers and slices of bytes out, without
/// building a tree. This is where a value that does not fit its column becomes null and leaves a note.
///
/// Every destination of ours reads its rows here, so that all of them treat a value alike.
package dev.sluice.cdk.row;
