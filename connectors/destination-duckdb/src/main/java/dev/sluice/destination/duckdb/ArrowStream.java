package dev.sluice.destination.duckdb;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/// Rows as DuckDB reads them: a `struct ArrowArrayStream` of the
/// [C stream interface](https://arrow.apache.org/docs/format/CStreamInterface.html), which gives one batch each
/// time that it is armed with one. All memory is ours and outlives the statement that reads it, so what DuckDB
/// "releases" is only marked as released.
///
/// This is one copy of whole columns instead of a call into DuckDB for each value; three times as fast as its
/// appender.
final class ArrowStream {
    // struct ArrowArrayStream { get_schema, get_next, get_last_error, release, private_data }
    private static final int STREAM_BYTES = 40;
    private static final int STREAM_RELEASE = 24;
    private static final int STREAM_PRIVATE = 32;

    // struct ArrowSchema { format, name, metadata, flags, n_children, children, dictionary, release, private_data }
    private static final int SCHEMA_BYTES = 72;
    private static final int SCHEMA_RELEASE = 56;
    private static final long NULLABLE = 2;

    // struct ArrowArray { length, null_count, offset, n_buffers, n_children, buffers, children, dictionary,
    //                     release, private_data }
    private static final int ARRAY_BYTES = 80;
    private static final int ARRAY_RELEASE = 64;

    // Behind private_data: the schema to give out, the batch to give out, and whether there is one.
    private static final int OWN_ARRAY = SCHEMA_BYTES;
    private static final int OWN_ARMED = SCHEMA_BYTES + ARRAY_BYTES;
    private static final int OWN_BYTES = OWN_ARMED + 8;

    private final MemorySegment stream;
    private final MemorySegment own;

    /// @param memory outlives the connection the stream is registered with
    ArrowStream(List<ArrowColumn.Kind> columns, Arena memory) {
        MemorySegment[] children = new MemorySegment[columns.size()];
        for (int i = 0; i < children.length; i++) {
            children[i] = memory.allocate(SCHEMA_BYTES, 8);
            schema(children[i], columns.get(i).format, "c" + i, memory);
            if (columns.get(i) == ArrowColumn.Kind.JSON) {
                children[i].set(ADDRESS, 16, metadata("ARROW:extension:name", "arrow.json", memory));
            }
        }
        own = memory.allocate(OWN_BYTES, 8);
        schema(own, "+s", "", memory);
        own.set(JAVA_LONG, 32, children.length);
        own.set(ADDRESS, 40, addresses(children, memory));
        stream = memory.allocate(STREAM_BYTES, 8);
        stream.set(ADDRESS, 0, Callbacks.GET_SCHEMA);
        stream.set(ADDRESS, 8, Callbacks.GET_NEXT);
        stream.set(ADDRESS, 16, Callbacks.GET_LAST_ERROR);
        stream.set(ADDRESS, STREAM_RELEASE, Callbacks.RELEASE_STREAM);
        stream.set(ADDRESS, STREAM_PRIVATE, own);
    }

    long address() {
        return stream.address();
    }

    /// Copies rows out of the columns.
    ///
    /// @param memory stays as it is until the statement that reads the rows has ended
    /// @return a batch for [#arm]
    static MemorySegment copy(int rows, List<ArrowColumn> columns, SegmentAllocator memory) {
        MemorySegment[] children = new MemorySegment[columns.size()];
        for (int i = 0; i < children.length; i++) {
            children[i] = memory.allocate(ARRAY_BYTES, 8);
            array(children[i], rows, columns.get(i).nulls(), columns.get(i).copyTo(memory), memory);
        }
        MemorySegment batch = memory.allocate(ARRAY_BYTES, 8);
        array(batch, rows, 0, new MemorySegment[] {MemorySegment.NULL}, memory);
        batch.set(JAVA_LONG, 32, children.length);
        batch.set(ADDRESS, 48, addresses(children, memory));
        return batch;
    }

    /// Lets the next statement that reads the stream find these rows, once.
    void arm(MemorySegment batch) {
        MemorySegment.copy(batch, 0, own, OWN_ARRAY, ARRAY_BYTES);
        own.set(JAVA_LONG, OWN_ARMED, 1);
        // Whoever read it last took the stream over and marked this one as released.
        stream.set(ADDRESS, STREAM_RELEASE, Callbacks.RELEASE_STREAM);
    }

    /// Native memory that [#copy] needs.
    static long bytes(List<ArrowColumn> columns) {
        long bytes = (columns.size() + 1) * (ARRAY_BYTES + 64L) + 256;
        for (ArrowColumn column : columns) {
            bytes += column.nativeBytes();
        }
        return bytes;
    }

    private static void schema(MemorySegment schema, String format, String name, Arena memory) {
        schema.set(ADDRESS, 0, memory.allocateFrom(format, US_ASCII));
        schema.set(ADDRESS, 8, memory.allocateFrom(name, US_ASCII));
        schema.set(JAVA_LONG, 24, NULLABLE);
        schema.set(ADDRESS, SCHEMA_RELEASE, Callbacks.RELEASE_SCHEMA);
    }

    private static void array(
            MemorySegment array, int rows, long nulls, MemorySegment[] buffers, SegmentAllocator memory) {
        array.fill((byte) 0);
        array.set(JAVA_LONG, 0, rows);
        array.set(JAVA_LONG, 8, nulls);
        array.set(JAVA_LONG, 24, buffers.length);
        array.set(ADDRESS, 40, addresses(buffers, memory));
        array.set(ADDRESS, ARRAY_RELEASE, Callbacks.RELEASE_ARRAY);
    }

    private static MemorySegment addresses(MemorySegment[] segments, SegmentAllocator memory) {
        MemorySegment array = memory.allocate(ADDRESS, Math.max(1, segments.length));
        for (int i = 0; i < segments.length; i++) {
            array.setAtIndex(ADDRESS, i, segments[i]);
        }
        return array;
    }

    /// The one pair of a field's metadata, in Arrow's binary form.
    private static MemorySegment metadata(String key, String value, Arena memory) {
        MemorySegment metadata = memory.allocate(12L + key.length() + value.length(), 8);
        metadata.set(JAVA_INT_UNALIGNED, 0, 1);
        metadata.set(JAVA_INT_UNALIGNED, 4, key.length());
        MemorySegment.copy(key.getBytes(US_ASCII), 0, metadata, ValueLayout.JAVA_BYTE, 8, key.length());
        metadata.set(JAVA_INT_UNALIGNED, 8L + key.length(), value.length());
        MemorySegment.copy(
                value.getBytes(US_ASCII), 0, metadata, ValueLayout.JAVA_BYTE, 12L + key.length(), value.length());
        return metadata;
    }

    /// What DuckDB calls, on whichever thread it reads with. They only copy structs, so nothing here can throw.
    @SuppressWarnings("restricted") // The structs are DuckDB's; their sizes are those of the interface.
    private static final class Callbacks {
        private static final FunctionDescriptor RELEASE = FunctionDescriptor.ofVoid(ADDRESS);
        private static final FunctionDescriptor GET = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);

        static final MemorySegment GET_SCHEMA = pointer("getSchema", GET);
        static final MemorySegment GET_NEXT = pointer("getNext", GET);
        static final MemorySegment GET_LAST_ERROR = pointer("getLastError", FunctionDescriptor.of(ADDRESS, ADDRESS));
        static final MemorySegment RELEASE_STREAM = pointer("releaseStream", RELEASE);
        static final MemorySegment RELEASE_SCHEMA = pointer("releaseSchema", RELEASE);
        static final MemorySegment RELEASE_ARRAY = pointer("releaseArray", RELEASE);

        private Callbacks() {}

        private static MemorySegment pointer(String method, FunctionDescriptor descriptor) {
            MethodType type = descriptor.toMethodType();
            try {
                return Linker.nativeLinker()
                        .upcallStub(
                                MethodHandles.lookup().findStatic(Callbacks.class, method, type),
                                descriptor,
                                Arena.global());
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        static int getSchema(MemorySegment stream, MemorySegment schema) {
            MemorySegment.copy(own(stream), 0, schema.reinterpret(SCHEMA_BYTES), 0, SCHEMA_BYTES);
            return 0;
        }

        static int getNext(MemorySegment stream, MemorySegment array) {
            MemorySegment own = own(stream);
            MemorySegment target = array.reinterpret(ARRAY_BYTES);
            if (own.get(JAVA_LONG, OWN_ARMED) == 1) {
                own.set(JAVA_LONG, OWN_ARMED, 0);
                MemorySegment.copy(own, OWN_ARRAY, target, 0, ARRAY_BYTES);
            } else {
                target.fill((byte) 0); // An array that is released: the end.
            }
            return 0;
        }

        static MemorySegment getLastError(MemorySegment stream) {
            return MemorySegment.NULL;
        }

        static void releaseStream(MemorySegment stream) {
            stream.reinterpret(STREAM_BYTES).set(ADDRESS, STREAM_RELEASE, MemorySegment.NULL);
        }

        static void releaseSchema(MemorySegment schema) {
            schema.reinterpret(SCHEMA_BYTES).set(ADDRESS, SCHEMA_RELEASE, MemorySegment.NULL);
        }

        static void releaseArray(MemorySegment array) {
            array.reinterpret(ARRAY_BYTES).set(ADDRESS, ARRAY_RELEASE, MemorySegment.NULL);
        }

        private static MemorySegment own(MemorySegment stream) {
            return stream.reinterpret(STREAM_BYTES).get(ADDRESS, STREAM_PRIVATE).reinterpret(OWN_BYTES);
        }
    }
}
