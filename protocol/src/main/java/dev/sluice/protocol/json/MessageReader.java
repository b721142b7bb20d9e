package dev.sluice.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteMessage;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Reads what a connector prints, one line at a time. Blocks while there is none; used by one thread.
///
/// Nothing a connector prints makes it throw: bytes that are no UTF-8 become U+FFFD, a byte order mark and
/// carriage returns are skipped, blank lines are passed over, and everything else that is not a message comes
/// back as a [ForeignLine]. Only the stream itself fails, with an [IOException].
public final class MessageReader implements AutoCloseable {
    /// What a line may hold unless told otherwise, in bytes.
    public static final int DEFAULT_MAX_LINE = 256 << 20;

    private static final int INITIAL_BUFFER = 256 << 10;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long LINE_FEEDS = '\n' * ONES;

    private final InputStream in;
    private final int maxLine;
    private final RecordScanner scanner = new RecordScanner();
    private final RecordLine record = new RecordLine();

    private byte[] buf = new byte[INITIAL_BUFFER];
    /// The unread bytes are buf[start, limit).
    private int start;

    private int limit;
    private boolean ended;
    private boolean first = true;

    /// Set by [#nextLine]: the line is buf[lineStart, lineEnd), with a line feed behind it.
    private int lineStart;

    private int lineEnd;
    private boolean ascii;

    /// buf[start, scanned) holds no line feed, and nothing above 127 if `scannedAscii`.
    private int scanned;

    private boolean scannedAscii = true;

    public MessageReader(InputStream in) {
        this(in, DEFAULT_MAX_LINE);
    }

    /// @param maxLine bytes; a longer line is read to its end, dropped, and comes back as a [ForeignLine]
    public MessageReader(InputStream in, int maxLine) {
        this.in = in;
        this.maxLine = maxLine;
    }

    /// Returns the next line, or null at the end of the stream.
    ///
    /// A [RecordLine] is valid until the next call.
    public Line read() throws IOException {
        while (true) {
            long dropped = nextLine();
            if (dropped > 0) {
                return new ForeignLine("is longer than the limit of %,d bytes".formatted(maxLine), "", dropped, true);
            }
            if (lineStart < 0) {
                return null;
            }
            if (!isBlank()) {
                return recognise();
            }
        }
    }

    /// Whether [#read] would find something at once: a whole line that is here, or bytes that wait in the stream.
    /// Half a line that is here does not count, because the rest may be long in coming.
    public boolean ready() throws IOException {
        return ended || hasWholeLine() || in.available() > 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private Line recognise() {
        byte[] bytes = buf;
        int from = lineStart;
        int to = lineEnd;
        boolean repaired = false;
        if (!ascii && !isUtf8(bytes, from, to)) {
            // Lenient decoding puts U+FFFD where the bytes are wrong; a strict reader further on would give up.
            byte[] mended = new String(bytes, from, to - from, UTF_8).getBytes(UTF_8);
            bytes = Arrays.copyOf(mended, mended.length + 1);
            bytes[mended.length] = '\n';
            from = 0;
            to = mended.length;
            repaired = true;
        }
        return switch (scanner.scan(bytes, from, to, record)) {
            case RECORD -> {
                record.repaired = repaired;
                yield record;
            }
            case OTHER_MESSAGE -> parse(bytes, from, to);
            case MALFORMED -> foreign("is not JSON", bytes, from, to);
            case EMPTY_RECORD -> new ForeignLine("is a record without data", "", to - from, false);
            case UNUSABLE_RECORD ->
                foreign("is a record without a stream or with data of a wrong kind", bytes, from, to);
        };
    }

    private static Line parse(byte[] bytes, int from, int to) {
        try {
            JsonNode json = Json.mapper().readTree(bytes, from, to - from);
            if (!(json instanceof ObjectNode object)) {
                return foreign("is not a JSON object", bytes, from, to);
            }
            AirbyteMessage message = Messages.fromJson(object);
            return new MessageLine(message, object);
        } catch (UnknownMessageException e) {
            return foreign(e.getMessage(), bytes, from, to);
        } catch (JacksonException e) {
            return foreign("is not JSON", bytes, from, to);
        } catch (IOException e) {
            throw new AssertionError("reading from memory", e);
        }
    }

    private static ForeignLine foreign(String reason, byte[] bytes, int from, int to) {
        int shown = Math.min(to - from, ForeignLine.MAX_TEXT);
        String text = new String(bytes, from, shown, UTF_8);
        return new ForeignLine(reason, text, to - from, looksLikeRecord(text));
    }

    /// A record whose line was cut or mixed with other output: a lost row, which must not pass for noise.
    private static boolean looksLikeRecord(String text) {
        String packed = text.replaceAll("\\s", "");
        return packed.contains("\"type\":\"RECORD\"") || packed.contains("\"record\":{");
    }

    private boolean isBlank() {
        for (int i = lineStart; i < lineEnd; i++) {
            byte b = buf[i];
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    /// Table 3-7 of the Unicode standard: which bytes may follow which.
    private static boolean isUtf8(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            int lead = bytes[i++];
            if (lead >= 0) {
                while (i + 8 <= to && ((long) LONGS.get(bytes, i) & HIGHS) == 0) {
                    i += 8;
                }
                continue;
            }
            lead &= 0xff;
            int more = lead < 0xC2 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : lead < 0xF5 ? 3 : 0;
            if (more == 0 || i + more > to) {
                return false;
            }
            int second = bytes[i] & 0xff;
            int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
            int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
            if (second < lowest || second > highest) {
                return false;
            }
            for (int k = 1; k < more; k++) {
                if ((bytes[i + k] & 0xC0) != 0x80) {
                    return false;
                }
            }
            i += more;
        }
        return true;
    }

    /// Finds the next line; lineStart is -1 at the end. Returns the length of a line that was too long and
    /// has been dropped, else 0.
    private long nextLine() throws IOException {
        long dropped = 0;
        while (!hasWholeLine() && !ended) {
            if (limit - start > maxLine) {
                dropped += limit - start;
                start = 0;
                limit = 0;
                scanned = 0;
            }
            scanned -= fill();
        }
        ascii = scannedAscii;
        if (scanned < limit) {
            lineStart = start;
            lineEnd = scanned;
            start = scanned + 1;
        } else {
            lineStart = start == limit ? -1 : start;
            lineEnd = limit;
            if (limit == buf.length) {
                buf = Arrays.copyOf(buf, limit + 1);
            }
            buf[limit] = '\n'; // Half a line at the end is a line, and the scanner counts on the line feed.
            start = limit;
        }
        scanned = start;
        scannedAscii = true;
        if (dropped > 0) {
            return dropped + Math.max(0, lineEnd - lineStart);
        }
        if (first && lineStart >= 0) {
            first = false;
            skipByteOrderMark();
        }
        return 0;
    }

    /// Whether the line that begins at `start` is here whole; then `scanned` is where its line feed is. No byte is
    /// looked at twice.
    private boolean hasWholeLine() {
        if (scanned < limit && buf[scanned] == '\n') {
            return true;
        }
        scanned = findLineFeed(scanned);
        return scanned < limit;
    }

    private void skipByteOrderMark() {
        if (lineEnd - lineStart >= 3
                && buf[lineStart] == (byte) 0xEF
                && buf[lineStart + 1] == (byte) 0xBB
                && buf[lineStart + 2] == (byte) 0xBF) {
            lineStart += 3;
        }
    }

    /// The offset of the next line feed, or the limit; notes on the way whether there are bytes above 127.
    private int findLineFeed(int from) {
        int i = from;
        long seen = 0;
        for (; i + 8 <= limit; i += 8) {
            long word = (long) LONGS.get(buf, i);
            long x = word ^ LINE_FEEDS;
            long hit = (x - ONES) & ~x & HIGHS;
            if (hit != 0) {
                int at = Long.numberOfTrailingZeros(hit) >>> 3;
                seen |= at == 0 ? 0 : word & (-1L >>> (64 - 8 * at));
                scannedAscii &= (seen & HIGHS) == 0;
                return i + at;
            }
            seen |= word;
        }
        scannedAscii &= (seen & HIGHS) == 0;
        for (; i < limit && buf[i] != '\n'; i++) {
            scannedAscii &= buf[i] >= 0;
        }
        return i;
    }

    /// Reads more behind the unread bytes, making room first. Returns by how much they moved down.
    private int fill() throws IOException {
        int moved = 0;
        if (limit == buf.length) {
            if (start > 0) {
                moved = start;
                System.arraycopy(buf, start, buf, 0, limit - start);
                limit -= start;
                start = 0;
            }
            if (limit > buf.length / 2) {
                buf = Arrays.copyOf(buf, (int) Math.min(buf.length * 2L, Integer.MAX_VALUE - 8L));
            }
        }
        int read = in.read(buf, limit, buf.length - limit);
        if (read < 0) {
            ended = true;
        } else {
            limit += read;
        }
        return moved;
    }
}
