package dev.sluice.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.AirbyteRecordMessage;
import dev.sluice.protocol.json.ForeignLine.Loss;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads what a connector prints, one line at a time. Blocks while there is none; used by one thread.
///
/// Nothing a connector prints makes it throw: bytes that are no UTF-8 become U+FFFD, a byte order mark and
/// carriage returns are skipped, blank lines are passed over, and everything else that is not a message comes
/// back as a [ForeignLine]. Only the stream itself fails, with an [IOException].
public final class MessageReader implements AutoCloseable {
    /// What a line may hold unless told otherwise, in bytes.
    public static final int DEFAULT_MAX_LINE = 256 << 20;

    private static final int INITIAL_BUFFER = 256 << 10;

    /// A longer line does not stay in memory, when this reader spools.
    private static final int SPOOL_FROM = 8 << 20;

    /// What must be behind a line: its line feed, and what is compared together with its end.
    private static final int MARGIN = 16;

    private final InputStream in;
    private final int maxLine;

    /// What a line may have in memory.
    private final int held;

    private final Optional<Spool> spool;
    private final Refill refill;
    private final RecordScanner scanner = new RecordScanner();
    private final RecordLine record = new RecordLine();

    private byte[] buf = new byte[INITIAL_BUFFER];
    /// The unread bytes are buf[start, limit); behind them is a line feed, which stops the scanner.
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

    /// Told before more is read, which overwrites the lines read before.
    @FunctionalInterface
    public interface Refill {
        /// @param waiting whether there is nothing to read yet
        void before(boolean waiting);
    }

    public MessageReader(InputStream in) {
        this(in, DEFAULT_MAX_LINE);
    }

    /// @param maxLine bytes; a longer line is read to its end, dropped, and comes back as a [ForeignLine]
    public MessageReader(InputStream in, int maxLine) {
        this.in = in;
        this.maxLine = maxLine;
        this.held = maxLine;
        this.spool = Optional.empty();
        this.refill = waiting -> {};
        buf[0] = '\n';
    }

    /// A reader whose memory does not depend on the lines: a long record goes through a temporary file and comes
    /// back as a [LongRecordLine].
    public MessageReader(InputStream in, int maxLine, Refill refill) {
        this(in, maxLine, refill, SPOOL_FROM);
    }

    MessageReader(InputStream in, int maxLine, Refill refill, int spoolFrom) {
        this.in = in;
        this.held = Math.min(spoolFrom, maxLine);
        this.maxLine = maxLine;
        this.spool = Optional.of(new Spool());
        this.refill = refill;
        buf[0] = '\n';
    }

    /// Returns the next line, or null at the end of the stream.
    ///
    /// A [RecordLine] is valid until the next call; its bytes stay where they are until the next refill.
    public Line read() throws IOException {
        if (scanner.isLikeBefore(buf, start, limit, record) && isAccepted()) {
            start = scanner.pos + 1;
            scanned = start;
            return record;
        }
        while (true) {
            long spilled = nextLine();
            if (spilled > maxLine || lineEnd - lineStart > maxLine) {
                return tooLong(Math.max(spilled, lineEnd - lineStart));
            }
            if (spilled > 0) {
                return LongLines.recognise(spool.orElseThrow());
            }
            if (lineStart < 0) {
                spool.ifPresent(Spool::close);
                return null;
            }
            if (!isBlank()) {
                return recognise();
            }
        }
    }

    private ForeignLine tooLong(long length) {
        return new ForeignLine("is longer than the limit of %,d bytes".formatted(maxLine), "", length, Loss.RECORD);
    }

    /// What [RecordScanner#isLikeBefore] leaves to be asked.
    private boolean isAccepted() {
        record.repaired = false;
        record.nulled = List.of();
        return record.length() <= held
                && ((scanner.seen & JsonWalk.HIGHS) == 0 || isUtf8(buf, record.start, record.end));
    }

    /// Whether [#read] would find something at once: a whole line that is here, or bytes that wait in the stream.
    /// Half a line that is here does not count, because the rest may be long in coming.
    public boolean ready() throws IOException {
        return ended || hasWholeLine() || in.available() > 0;
    }

    /// Whether the stream has ended and every line of it was returned.
    public boolean atEnd() {
        return ended && start == limit;
    }

    @Override
    public void close() throws IOException {
        spool.ifPresent(Spool::close);
        in.close();
    }

    /// A line of its own, as the scanner wants it.
    static byte[] terminated(byte[] line) {
        byte[] bytes = Arrays.copyOf(line, line.length + MARGIN);
        bytes[line.length] = '\n';
        return bytes;
    }

    private Line recognise() {
        if (!ascii && !isUtf8(buf, lineStart, lineEnd)) {
            // Lenient decoding puts U+FFFD where the bytes are wrong; a strict reader further on would give up.
            byte[] mended = new String(buf, lineStart, lineEnd - lineStart, UTF_8).getBytes(UTF_8);
            Line line = recognise(terminated(mended), 0, mended.length);
            record.repaired = true;
            return line;
        }
        return recognise(buf, lineStart, lineEnd);
    }

    private Line recognise(byte[] bytes, int from, int to) {
        record.repaired = false;
        record.nulled = List.of();
        if (scanner.isLikeBefore(bytes, from, to + 1, record)) {
            return record;
        }
        return switch (scanner.scan(bytes, from, to, record)) {
            case RECORD -> record;
            case OTHER_MESSAGE -> parse(bytes, from, to);
            case MALFORMED -> withoutNonNumbers(bytes, from, to);
            case EMPTY_RECORD ->
                record.trailing > 0
                        ? followed(to - from)
                        : new ForeignLine("is a record without data", "", to - from, Loss.EMPTY_RECORD);
            case UNUSABLE_RECORD ->
                foreign("is a record without a stream or with data of a wrong kind", bytes, from, to);
        };
    }

    private Line withoutNonNumbers(byte[] bytes, int from, int to) {
        List<Integer> places = new ArrayList<>();
        byte[] replaced = NonNumbers.replace(bytes, from, to, places);
        if (replaced == null
                || scanner.scan(replaced, 0, replaced.length - MARGIN, record) != RecordScanner.Verdict.RECORD) {
            return parse(bytes, from, to);
        }
        int trailing = record.trailing;
        try {
            List<String> columns = NonNumbers.columns(record, places);
            byte[] noted = NonNumbers.note(record, columns);
            scanner.scan(noted, 0, noted.length - MARGIN, record);
            record.nulled = columns;
            record.trailing = trailing;
            return record;
        } catch (IOException e) {
            return foreign("is a record with a broken `meta`", bytes, from, to);
        }
    }

    private Line parse(byte[] bytes, int from, int to) {
        try (JsonParser parser = Json.mapper().createParser(bytes, from, to - from)) {
            JsonNode json = parser.readValueAsTree();
            if (!(json instanceof ObjectNode object)) {
                return foreign("is not a JSON object", bytes, from, to);
            }
            int behind = from + (int) parser.currentLocation().getByteOffset();
            if (loss(bytes, behind, to) == Loss.RECORD) {
                return followed(to - from);
            }
            AirbyteMessage message = Messages.fromJson(object);
            if (message instanceof AirbyteRecordMessage) {
                // The scanner did not take it for one: names written with escapes, for example.
                return new ForeignLine("is a record in an unusual spelling", "", to - from, Loss.RECORD);
            }
            return new MessageLine(message, object);
        } catch (UnknownMessageException e) {
            return foreign(e.getMessage(), bytes, from, to);
        } catch (JacksonException e) {
            return foreign("is not JSON", bytes, from, to);
        } catch (IOException e) {
            throw new AssertionError("reading from memory", e);
        }
    }

    /// Two threads wrote at once, most likely.
    static ForeignLine followed(long length) {
        return new ForeignLine("shares its line with another message", "", length, Loss.RECORD);
    }

    private static ForeignLine foreign(String reason, byte[] bytes, int from, int to) {
        String head = new String(bytes, from, Math.min(to - from, ForeignLine.MAX_TEXT), UTF_8);
        return new ForeignLine(reason, head, to - from, loss(bytes, from, to));
    }

    /// @param head the beginning of the line
    static ForeignLine foreign(String reason, byte[] head, long length) {
        return new ForeignLine(reason, new String(head, UTF_8), length, loss(head, 0, head.length));
    }

    /// A record whose line was cut or mixed with other output is a lost row, which must not pass for noise.
    private static Loss loss(byte[] bytes, int from, int to) {
        if (has("\"type\":\"RECORD\"", bytes, from, to) || has("\"record\":{", bytes, from, to)) {
            return Loss.RECORD;
        }
        return has("\"type\":\"STATE\"", bytes, from, to) ? Loss.STATE : Loss.NOTHING;
    }

    /// However it is spaced. In place: the line may be as long as lines may be.
    private static boolean has(String text, byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            int found = 0;
            for (int at = i; at < to && found < text.length(); at++) {
                if (bytes[at] == text.charAt(found)) {
                    found++;
                } else if (found == 0 || !isBlank(bytes[at])) {
                    break;
                }
            }
            if (found == text.length()) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    private boolean isBlank() {
        for (int i = lineStart; i < lineEnd; i++) {
            if (!isBlank(buf[i])) {
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
                while (i + 8 <= to && ((long) JsonWalk.LONGS.get(bytes, i) & JsonWalk.HIGHS) == 0) {
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

    /// Finds the next line; lineStart is -1 at the end. Returns the length of a line that was too long for memory,
    /// else 0; it is in the spool then, unless it is longer than the limit.
    private long nextLine() throws IOException {
        long spilled = 0;
        if (spool.isPresent()) {
            spool.get().clear(); // The line before may have been in it, and disks are finite.
        }
        while (!hasWholeLine() && !ended) {
            if (limit - start > held) {
                spilled = spill(spilled, limit);
                start = limit;
                scanned = limit;
            }
            scanned -= fill();
        }
        ascii = scannedAscii;
        lineStart = start == limit && spilled == 0 ? -1 : start;
        lineEnd = scanned;
        // By its length alone: one that came at once, and is here whole, must not be another than one that trickled in.
        if (spilled > 0 || lineEnd - start > held) {
            spilled = spill(spilled, lineEnd);
        }
        start = Math.min(scanned + 1, limit); // Half a line at the end is a line.
        scanned = start;
        scannedAscii = true;
        if (first && lineStart >= 0) {
            first = false;
            skipByteOrderMark();
        }
        return spilled;
    }

    /// Takes the bytes from `start` out of memory. Returns the length of the line so far.
    private long spill(long spilled, int to) throws IOException {
        long length = spilled + to - start;
        if (spool.isPresent() && length <= maxLine) {
            spool.get().append(buf, start, to);
        }
        return length;
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
            long word = (long) JsonWalk.LONGS.get(buf, i);
            long hit = JsonWalk.lineFeeds(word);
            if (hit != 0) {
                int at = Long.numberOfTrailingZeros(hit) >>> 3;
                seen |= at == 0 ? 0 : word & (-1L >>> (64 - 8 * at));
                scannedAscii &= (seen & JsonWalk.HIGHS) == 0;
                return i + at;
            }
            seen |= word;
        }
        scannedAscii &= (seen & JsonWalk.HIGHS) == 0;
        for (; i < limit && buf[i] != '\n'; i++) {
            scannedAscii &= buf[i] >= 0;
        }
        return i;
    }

    /// Reads more behind the unread bytes, making room first. Returns by how much they moved down.
    private int fill() throws IOException {
        refill.before(in.available() == 0);
        int moved = 0;
        if (start == limit || limit == buf.length - MARGIN) {
            moved = start;
            System.arraycopy(buf, start, buf, 0, limit - start);
            limit -= start;
            start = 0;
            if (limit > buf.length / 2) {
                buf = Arrays.copyOf(buf, (int) Math.min(buf.length * 2L, Integer.MAX_VALUE - 8L));
            }
        }
        int read = in.read(buf, limit, buf.length - MARGIN - limit);
        if (read < 0) {
            ended = true;
        } else {
            limit += read;
        }
        buf[limit] = '\n';
        return moved;
    }
}
