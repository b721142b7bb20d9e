package dev.sluice.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.util.Optional;

/// Counts since the previous state of the same scope. Whole numbers, but the schema wants them written with a
/// decimal point (`12.0`) and both spellings are read.
public record AirbyteStateStats(
        @JsonProperty("recordCount") Optional<BigDecimal> recordCount,
        @JsonProperty("rejectedRecordCount") Optional<BigDecimal> rejectedRecordCount) {

    public AirbyteStateStats {
        recordCount = Absent.orEmpty(recordCount);
        rejectedRecordCount = Absent.orEmpty(rejectedRecordCount);
    }

    public static AirbyteStateStats ofRecords(long count) {
        return new AirbyteStateStats(Optional.of(count(count)), Optional.empty());
    }

    public static AirbyteStateStats ofRecords(long count, long rejected) {
        return new AirbyteStateStats(Optional.of(count(count)), Optional.of(count(rejected)));
    }

    private static BigDecimal count(long count) {
        return BigDecimal.valueOf(count).setScale(1);
    }
}
