package dev.sluice.source.faker;

import static dev.sluice.source.faker.Words.text;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import dev.sluice.cdk.StreamEmitter;
import dev.sluice.protocol.AirbyteStream;
import dev.sluice.protocol.json.MessageWriter;
import java.io.IOException;

/// People with names, habits and an address.
final class Users implements FakeStream, MessageWriter.Fields {
    static final String NAME = "users";

    private static final SerializableString ID = text("id");
    private static final SerializableString CREATED_AT = text("created_at");
    private static final SerializableString UPDATED_AT = text("updated_at");
    private static final SerializableString FIRST_NAME = text("name");
    private static final SerializableString TITLE = text("title");
    private static final SerializableString AGE = text("age");
    private static final SerializableString EMAIL = text("email");
    private static final SerializableString TELEPHONE = text("telephone");
    private static final SerializableString GENDER = text("gender");
    private static final SerializableString LANGUAGE = text("language");
    private static final SerializableString ACADEMIC_DEGREE = text("academic_degree");
    private static final SerializableString NATIONALITY = text("nationality");
    private static final SerializableString OCCUPATION = text("occupation");
    private static final SerializableString HEIGHT = text("height");
    private static final SerializableString BLOOD_TYPE = text("blood_type");
    private static final SerializableString WEIGHT = text("weight");
    private static final SerializableString ADDRESS = text("address");
    private static final SerializableString STREET_NUMBER = text("street_number");
    private static final SerializableString STREET_NAME = text("street_name");
    private static final SerializableString CITY = text("city");
    private static final SerializableString STATE = text("state");
    private static final SerializableString PROVINCE = text("province");
    private static final SerializableString POSTAL_CODE = text("postal_code");
    private static final SerializableString COUNTRY_CODE = text("country_code");

    private final Chance chance;
    private final Ascii text = new Ascii();
    private Now now;
    private long id;

    Users(long seed) {
        chance = new Chance(seed, NAME);
    }

    static AirbyteStream described() {
        return new StreamShape()
                        .column("id", "integer")
                        .time("created_at")
                        .time("updated_at")
                        .texts("name", "title")
                        .column("age", "integer")
                        .texts("email", "telephone", "gender", "language", "academic_degree", "nationality")
                        .texts("occupation", "height", "blood_type")
                        .column("weight", "integer")
                        .object(
                                "address",
                                "street_number",
                                "street_name",
                                "city",
                                "state",
                                "province",
                                "postal_code",
                                "country_code")
                        .stream(NAME);
    }

    @Override
    public long positions(long count) {
        return count;
    }

    @Override
    public long rowsBefore(long position) {
        return position;
    }

    @Override
    public void emit(long position, Now now, StreamEmitter rows) throws InterruptedException {
        this.now = now;
        id = position + 1;
        rows.record(now.tick(), this);
    }

    @Override
    public void writeTo(JsonGenerator json) throws IOException {
        chance.row(id);
        json.writeFieldName(ID);
        json.writeNumber(id);
        json.writeFieldName(CREATED_AT);
        text.clear().addTime(Words.FIRST_SECOND + chance.below(Words.SECONDS)).writeTo(json);
        json.writeFieldName(UPDATED_AT);
        now.writeUpdatedAt(json);
        json.writeFieldName(FIRST_NAME);
        json.writeString(chance.of(Words.NAMES));
        json.writeFieldName(TITLE);
        json.writeString(chance.of(Words.TITLES));
        json.writeFieldName(AGE);
        json.writeNumber(chance.between(16, 66));
        json.writeFieldName(EMAIL);
        // The id makes it unique.
        text.clear().add(chance.of(Words.MAILBOXES)).add(chance.between(1800, 2070));
        text.add('+').add(id).add('@').add(chance.of(Words.MAIL_HOSTS)).writeTo(json);
        json.writeFieldName(TELEPHONE);
        telephone();
        text.writeTo(json);
        json.writeFieldName(GENDER);
        json.writeString(chance.of(Words.GENDERS));
        json.writeFieldName(LANGUAGE);
        json.writeString(chance.of(Words.LANGUAGES));
        json.writeFieldName(ACADEMIC_DEGREE);
        json.writeString(chance.of(Words.DEGREES));
        json.writeFieldName(NATIONALITY);
        json.writeString(chance.of(Words.NATIONALITIES));
        json.writeFieldName(OCCUPATION);
        json.writeString(chance.of(Words.OCCUPATIONS));
        json.writeFieldName(HEIGHT);
        int centimetres = chance.between(150, 200);
        text.clear().add(centimetres / 100).add('.').add(centimetres % 100, 2).writeTo(json);
        json.writeFieldName(BLOOD_TYPE);
        json.writeString(chance.of(Words.BLOOD_TYPES));
        json.writeFieldName(WEIGHT);
        json.writeNumber(chance.between(38, 90));
        json.writeFieldName(ADDRESS);
        json.writeStartObject();
        json.writeFieldName(STREET_NUMBER);
        text.clear().add(chance.between(1, 1400)).writeTo(json);
        json.writeFieldName(STREET_NAME);
        json.writeString(chance.of(Words.STREETS));
        json.writeFieldName(CITY);
        json.writeString(chance.of(Words.CITIES));
        json.writeFieldName(STATE);
        json.writeString(chance.of(Words.STATES));
        json.writeFieldName(PROVINCE);
        json.writeString(chance.of(Words.STATES));
        json.writeFieldName(POSTAL_CODE);
        text.clear().add(chance.below(100_000), 5).writeTo(json);
        json.writeFieldName(COUNTRY_CODE);
        json.writeString(chance.of(Words.COUNTRY_CODES));
        json.writeEndObject();
    }

    private void telephone() {
        int area = chance.below(1_000);
        int exchange = chance.below(1_000);
        int line = chance.below(10_000);
        text.clear();
        switch (chance.below(5)) {
            case 0 -> text.add(area, 3).add('-').add(exchange, 3).add('-').add(line, 4);
            case 1 -> text.add(area, 3).add('.').add(exchange, 3).add('.').add(line, 4);
            case 2 ->
                text.add('(')
                        .add(area, 3)
                        .add(')')
                        .add(' ')
                        .add(exchange, 3)
                        .add('-')
                        .add(line, 4);
            case 3 ->
                text.add('1')
                        .add('-')
                        .add(area, 3)
                        .add('-')
                        .add(exchange, 3)
                        .add('-')
                        .add(line, 4);
            default -> {
                text.add('+').add('1').add('-').add('(').add(area, 3).add(')').add('-');
                text.add(exchange, 3).add('-').add(line, 4);
            }
        }
    }
}
