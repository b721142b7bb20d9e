package dev.sluice.source.faker;

import static dev.sluice.source.faker.Words.text;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import dev.sluice.cdk.StreamEmitter;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.json.MessageWriter;
import java.io.IOException;

/// What users bought. Ten users make ten purchases: the seventh makes none, the ninth two, each other one. (That
/// is Airbyte's faker's distribution; it keeps the ids without gaps although each depends on its user alone.)
final class Purchases implements FakeStream, MessageWriter.Fields {
    static final String NAME = "purchases";

    private static final int[] ROWS_BEFORE = {0, 1, 2, 3, 4, 5, 6, 6, 7, 9};
    private static final int DAY = 86_400;

    private static final SerializableString ID = text("id");
    private static final SerializableString PRODUCT_ID = text("product_id");
    private static final SerializableString USER_ID = text("user_id");
    private static final SerializableString CREATED_AT = text("created_at");
    private static final SerializableString UPDATED_AT = text("updated_at");
    private static final SerializableString ADDED_TO_CART_AT = text("added_to_cart_at");
    private static final SerializableString PURCHASED_AT = text("purchased_at");
    private static final SerializableString RETURNED_AT = text("returned_at");

    private final Chance chance;
    private final Ascii text = new Ascii();
    private Now now;
    private long user;
    private long id;

    Purchases(long seed) {
        chance = new Chance(seed, NAME);
    }

    static AirbyteStream described() {
        return new StreamShape()
                        .column("id", "integer")
                        .column("user_id", "integer")
                        .column("product_id", "integer")
                        .time("created_at")
                        .time("updated_at")
                        .timeOrNull("added_to_cart_at")
                        .timeOrNull("purchased_at")
                        .timeOrNull("returned_at")
                        .stream(NAME);
    }

    @Override
    public long positions(long count) {
        return count;
    }

    @Override
    public long rowsBefore(long position) {
        return position / 10 * 10 + ROWS_BEFORE[(int) (position % 10)];
    }

    @Override
    public void emit(long position, Now now, StreamEmitter rows) throws InterruptedException {
        this.now = now;
        user = position + 1;
        long end = rowsBefore(position + 1);
        for (id = rowsBefore(position) + 1; id <= end; id++) {
            rows.record(now.tick(), this);
        }
    }

    /// Not every cart is bought, and little of it comes back: then the field is left out.
    @Override
    public void writeTo(JsonGenerator json) throws IOException {
        chance.row(id);
        json.writeFieldName(ID);
        json.writeNumber(id);
        json.writeFieldName(PRODUCT_ID);
        json.writeNumber(chance.between(1, Products.COUNT));
        json.writeFieldName(USER_ID);
        json.writeNumber(user);
        long created = Words.FIRST_SECOND + Math.min(chance.below(Words.SECONDS), chance.below(Words.SECONDS));
        time(json, CREATED_AT, created);
        json.writeFieldName(UPDATED_AT);
        now.writeUpdatedAt(json);
        long addedToCart = daysLater(created);
        time(json, ADDED_TO_CART_AT, addedToCart);
        if (chance.below(100) < 70) {
            long purchased = daysLater(addedToCart);
            time(json, PURCHASED_AT, purchased);
            if (chance.below(100) < 15) {
                time(json, RETURNED_AT, daysLater(purchased));
            }
        }
    }

    private long daysLater(long second) {
        int daysLeft = (int) ((Words.FIRST_SECOND + Words.SECONDS - second) / DAY);
        return second + (long) chance.between(0, daysLeft) * DAY;
    }

    private void time(JsonGenerator json, SerializableString name, long second) throws IOException {
        json.writeFieldName(name);
        text.clear().addTime(second).writeTo(json);
    }
}
