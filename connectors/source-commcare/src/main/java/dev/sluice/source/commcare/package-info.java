/// Form submissions and cases of a CommCare HQ project space, oldest index time first.
///
/// The vendor sorts by `indexed_on`, which changes when a row does, to the millisecond only, and pages by offset.
/// [IndexedReader] is about reading every row once all the same; [Cursor] is what of it outlives a sync.
package dev.sluice.source.commcare;
