package dev.sluice.cdk.row;

/// Reads dates, timestamps and times out of bytes, by the forms Airbyte accepts:
///
/// - date: year of 2 to 7 digits, two-digit month and day, between them `-`, `/`, `.`, a blank or nothing; a
///   sign before the year as in ISO 8601, where the year 0 is 1 BC
/// - time: `HH:mm`, then `:ss`, then a fraction, of which microseconds are kept
/// - offset: `Z`, `UTC`, `GMT`, `+HH`, `+HHmm`, `+HH:mm` or `+HH:mm:ss`, up to 18 hours
///
/// `24:00:00` and leap seconds are no times.
final class Moments {
    static final long MICROS_PER_DAY = 86_400_000_000L;

    private static final int DAYS_1970_TO_2000 = 10_957;
    private static final int MAX_OFFSET = 18 * 3600;

    /// What PostgreSQL's time zones may be away from UTC.
    private static final int MAX_KEPT_OFFSET = 16 * 3600 - 1;

    /// 4714-11-24 BC of the Gregorian calendar, day 0 of the Julian count, where PostgreSQL's dates begin.
    private static final long MIN_DAY = -2_440_588;

    private static final long MAX_DATE = epochDay(5_874_897, 12, 31);
    private static final long MAX_TIMESTAMP_DAY = epochDay(294_276, 12, 31);

    enum Verdict {
        FITS,
        NOT_OF_TYPE,
        TOO_LARGE
    }

    /// The days, or the microseconds, of a value that fits.
    long value;

    /// Seconds east of UTC.
    int offset;

    private byte[] b;
    private int pos;
    private int to;
    private long day;
    private long micros;

    /// A date, to days since 1970-01-01; a time behind it is dropped.
    Verdict date(byte[] bytes, int from, int end) {
        start(bytes, from, end);
        if (!readDate() || !readRestOfTimestamp()) {
            return Verdict.NOT_OF_TYPE;
        }
        value = day;
        return day < MIN_DAY || day > MAX_DATE ? Verdict.TOO_LARGE : Verdict.FITS;
    }

    /// A timestamp, to microseconds since 2000-01-01 in UTC; without an offset it is in UTC.
    Verdict instant(byte[] bytes, int from, int end) {
        return timestamp(bytes, from, end, true);
    }

    /// A timestamp, to microseconds since 2000-01-01 on the wall clock; an offset is dropped.
    Verdict wallClock(byte[] bytes, int from, int end) {
        return timestamp(bytes, from, end, false);
    }

    private Verdict timestamp(byte[] bytes, int from, int end, boolean inUtc) {
        start(bytes, from, end);
        if (!readDate() || !readRestOfTimestamp()) {
            return Verdict.NOT_OF_TYPE;
        }
        if (inUtc) {
            micros -= offset * 1_000_000L;
            long days = Math.floorDiv(micros, MICROS_PER_DAY);
            day += days;
            micros -= days * MICROS_PER_DAY;
        }
        if (day < MIN_DAY || day > MAX_TIMESTAMP_DAY) {
            return Verdict.TOO_LARGE;
        }
        value = (day - DAYS_1970_TO_2000) * MICROS_PER_DAY + micros;
        return Verdict.FITS;
    }

    /// A time, to microseconds since midnight on the wall clock, and its offset, 0 when there is none.
    Verdict time(byte[] bytes, int from, int end) {
        start(bytes, from, end);
        if (!readTime() || !readOffset() || pos != to) {
            return Verdict.NOT_OF_TYPE;
        }
        value = micros;
        return Verdict.FITS;
    }

    /// The same in UTC when the offset is one that databases do not know.
    Verdict timeWithOffset(byte[] bytes, int from, int end) {
        Verdict verdict = time(bytes, from, end);
        if (verdict == Verdict.FITS && Math.abs(offset) > MAX_KEPT_OFFSET) {
            value = Math.floorMod(value - offset * 1_000_000L, MICROS_PER_DAY);
            offset = 0;
        }
        return verdict;
    }

    private void start(byte[] bytes, int from, int end) {
        b = bytes;
        pos = from;
        to = end;
        micros = 0;
        offset = 0;
    }

    private boolean readDate() {
        boolean negative = pos < to && b[pos] == '-';
        if (negative || pos < to && b[pos] == '+') {
            pos++;
        }
        int from = pos;
        int number = 0;
        while (pos < to && pos - from < 12 && isDigit(b[pos])) {
            // At most 11 digits make a date; those of a year fit an int.
            number = pos - from < 7 ? number * 10 + b[pos] - '0' : number;
            pos++;
        }
        int digits = pos - from;
        int year;
        int month;
        int dayOfMonth;
        if (digits >= 2 && digits <= 7 && pos < to && isSeparator(b[pos]) && pos + 6 <= to && b[pos + 3] == b[pos]) {
            year = number;
            month = twoDigits(pos + 1);
            dayOfMonth = twoDigits(pos + 4);
            pos += 6;
        } else if (digits >= 6 && digits <= 11) {
            year = 0;
            for (int i = from; i < pos - 4; i++) {
                year = year * 10 + b[i] - '0';
            }
            month = twoDigits(pos - 4);
            dayOfMonth = twoDigits(pos - 2);
        } else {
            return false;
        }
        year = negative ? -year : year;
        if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > daysOf(month, year)) {
            return false;
        }
        day = epochDay(year, month, dayOfMonth);
        return true;
    }

    /// The time and the offset behind a date, if any, up to the end.
    private boolean readRestOfTimestamp() {
        if (pos == to) {
            return true;
        }
        byte between = b[pos];
        if (between != 'T' && between != ' ' && between != 't') {
            return false;
        }
        pos++;
        return readTime() && readOffset() && pos == to;
    }

    private boolean readTime() {
        if (pos + 5 > to || b[pos + 2] != ':') {
            return false;
        }
        int hour = twoDigits(pos);
        int minute = twoDigits(pos + 3);
        int second = 0;
        long fraction = 0;
        pos += 5;
        if (pos < to && b[pos] == ':') {
            if (pos + 3 > to) {
                return false;
            }
            second = twoDigits(pos + 1);
            pos += 3;
            if (pos < to && (b[pos] == '.' || b[pos] == ',')) {
                int from = ++pos;
                long unit = 100_000;
                while (pos < to && isDigit(b[pos])) {
                    fraction += (b[pos] - '0') * unit;
                    unit /= 10;
                    pos++;
                }
                if (pos == from) {
                    return false;
                }
            }
        }
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
            return false;
        }
        micros = ((hour * 60L + minute) * 60 + second) * 1_000_000 + fraction;
        return true;
    }

    private boolean readOffset() {
        if (pos < to && b[pos] == ' ') {
            pos++;
            if (pos == to) {
                return false;
            }
        }
        if (pos == to) {
            return true;
        }
        byte first = b[pos];
        if (first == 'Z' || first == 'z') {
            pos++;
            return true;
        }
        if (matches("UTC") || matches("GMT")) {
            pos += 3;
            return true;
        }
        if (first != '+' && first != '-' || pos + 3 > to) {
            return false;
        }
        int hours = twoDigits(pos + 1);
        pos += 3;
        int minutes = offsetPart();
        int seconds = minutes < 0 ? -1 : offsetPart();
        if (hours < 0 || seconds < 0) {
            return false;
        }
        int total = (hours * 60 + minutes) * 60 + seconds;
        offset = first == '-' ? -total : total;
        return total <= MAX_OFFSET;
    }

    /// Two digits up to 59, with or without a colon before them; 0 at the end, -1 for anything else.
    private int offsetPart() {
        if (pos == to) {
            return 0;
        }
        if (b[pos] == ':') {
            pos++;
        }
        if (pos + 2 > to) {
            return -1;
        }
        int part = twoDigits(pos);
        pos += 2;
        return part > 59 ? -1 : part;
    }

    private boolean matches(String zone) {
        return pos + 3 <= to
                && b[pos] == zone.charAt(0)
                && b[pos + 1] == zone.charAt(1)
                && b[pos + 2] == zone.charAt(2);
    }

    private int twoDigits(int at) {
        int tens = b[at] - '0';
        int ones = b[at + 1] - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isSeparator(byte c) {
        return c == '-' || c == '/' || c == '.' || c == ' ';
    }

    private static int daysOf(int month, int year) {
        return switch (month) {
            case 4, 6, 9, 11 -> 30;
            case 2 -> (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
            default -> 31;
        };
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that the leap
    /// day is the last of its year, in eras of 400 years from the year 0.
    private static long epochDay(long year, int month, int dayOfMonth) {
        long y = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(y, 400);
        long yearOfEra = y - era * 400;
        long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + dayOfMonth - 1;
        long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 719_468;
    }
}
