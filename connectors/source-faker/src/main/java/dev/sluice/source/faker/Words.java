package dev.sluice.source.faker;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.Stream;

/// What rows are made of: our own lists, encoded once. Some words are not ASCII on purpose.
final class Words {
    private Words() {}

    /// Times lie between fixed ends: were the second one now, a seed would make other rows every day.
    static final long FIRST_SECOND = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();

    static final int SECONDS = (int) (Instant.parse("2026-01-01T00:00:00Z").getEpochSecond() - FIRST_SECOND);

    static final SerializableString[] NAMES = texts("""
            Aaliyah, Abel, Ada, Adam, Adele, Agnes, Ahmed, Aisha, Albert, Alice, Amara, Amir, Ana, Anders, Andrea,
            Anika, Anton, Arjun, Astrid, Ayumi, Beatriz, Benjamin, Bianca, Björn, Boris, Bruno, Camille, Carla,
            Carlos, Cecilia, Chidi, Chloé, Clara, Dalia, Daniel, Daria, David, Deepa, Diego, Dora, Edgar, Eino,
            Elena, Elias, Elif, Emeka, Emil, Emma, Erik, Esther, Farid, Fatima, Felix, Fiona, Florian, Freya,
            Gabriela, Georg, Grace, Hana, Hannah, Haruto, Hassan, Helena, Henrik, Hugo, Ibrahim, Ida, Imani, Ines,
            Ingrid, Isaac, Ivan, Jamal, Jana, Javier, Jens, Jin, Joana, Jonas, José, Julia, Jürgen, Kamala, Karin,
            Kenji, Khadija, Kofi, Lars, Laura, Leila, Leon, Lina, Lucía, Ludwig, Łukasz, Magda, Malik, Marcus,
            Maria, Marta, Mateo, Mei, Mia, Miguel, Mina, Mohamed, Nadia, Naoko, Nils, Nina, Noah, Nora, Olga,
            Oliver, Omar, Oscar, Paula, Pedro, Petra, Priya, Rachel, Rafael, Ravi, René, Rosa, Ruth, Sakura,
            Samuel, Sara, Sven, Tariq, Thandi, Tomás, Uma, Valentina, Vera, Victor, Wanjiru, Wei, Yasmin, Yusuf,
            Zara, Zoë
            """);

    static final SerializableString[] TITLES = texts("""
            Mr., Mrs., Ms., Miss, Mx., Dr., Prof., Sir, Madam, B.A., B.Sc., M.A., M.Sc., M.D., M.Eng., PhD, LL.D.,
            Ed.D.
            """);

    static final byte[][] MAILBOXES = bytes("""
            amber, anchor, apple, aspen, atlas, autumn, bamboo, banjo, basil, beacon, birch, bison, breeze, canyon,
            cedar, cello, cinder, clover, cobalt, comet, copper, coral, cricket, crystal, dahlia, delta, dune,
            echo, ember, falcon, fern, fiddle, flint, forest, garnet, ginger, glacier, harbor, hazel, heron,
            indigo, island, ivory, jasmine, kayak, lagoon, lark, lemon, lilac, linen, lotus, lunar, maple, marble,
            meadow, mint, mirror, nectar, nimbus, oak, ocean, olive, onyx, opal, orbit, orchid, otter, pebble,
            pepper, pine, plum, polar, quartz, quill, rain, raven, reef, river, robin, saffron, sage, sail, silver,
            sparrow, spruce, summit, thistle, thunder, tulip, umber, velvet, violet, walnut, willow, winter,
            zephyr
            """);

    static final byte[][] MAIL_HOSTS = bytes("""
            example.com, example.org, example.net, mail.example.com, post.example.org
            """);

    static final SerializableString[] GENDERS = texts("""
            Female, Male, Fluid, Other
            """);

    static final SerializableString[] LANGUAGES = texts("""
            Afrikaans, Albanian, Amharic, Arabic, Armenian, Basque, Bengali, Bulgarian, Catalan, Croatian, Czech,
            Danish, Dutch, English, Estonian, Finnish, French, Georgian, German, Greek, Hausa, Hebrew, Hindi,
            Hungarian, Icelandic, Igbo, Indonesian, Irish, Italian, Japanese, Kannada, Korean, Latvian, Lithuanian,
            Malay, Maltese, Māori, Marathi, Mongolian, Nepali, Norwegian, Persian, Polish, Portuguese, Romanian,
            Serbian, Slovak, Slovenian, Somali, Spanish, Swahili, Swedish, Tamil, Telugu, Thai, Turkish, Ukrainian,
            Urdu, Vietnamese, Welsh, Yoruba, Zulu
            """);

    static final SerializableString[] DEGREES = texts("""
            Bachelor, Master, PhD
            """);

    static final SerializableString[] NATIONALITIES = texts("""
            Argentinian, Australian, Austrian, Bangladeshi, Belgian, Bolivian, Brazilian, Canadian, Chilean,
            Chinese, Colombian, Costa Rican, Croatian, Danish, Dutch, Egyptian, Estonian, Ethiopian, Finnish,
            French, Georgian, German, Ghanaian, Greek, Icelandic, Indian, Indonesian, Irish, Italian, Jamaican,
            Japanese, Jordanian, Kenyan, Latvian, Malaysian, Mexican, Moroccan, Nepalese, New Zealander, Nigerian,
            Norwegian, Peruvian, Polish, Portuguese, Senegalese, South African, Spanish, Swedish, Swiss, Tanzanian,
            Thai, Turkish, Ukrainian, Uruguayan, Vietnamese, Zambian
            """);

    static final SerializableString[] OCCUPATIONS = texts("""
            Accountant, Actor, Air Traffic Controller, Architect, Baker, Barista, Beekeeper, Bookbinder,
            Bricklayer, Bus Driver, Butcher, Carpenter, Cartographer, Chemist, Civil Engineer, Cook, Dancer,
            Data Engineer, Dentist, Editor, Electrician, Farmer, Film Director, Firefighter, Fisher, Florist,
            Forester, Gardener, Geologist, Glazier, Goldsmith, Hairdresser, Historian, Illustrator, Interpreter,
            Joiner, Journalist, Judge, Librarian, Locksmith, Machinist, Mason, Mechanic, Midwife, Miller, Musician,
            Notary, Nurse, Optician, Painter, Paramedic, Pharmacist, Photographer, Physicist, Pilot, Plumber,
            Potter, Printer, Roofer, Sailor, Sculptor, Shepherd, Social Worker, Surveyor, Tailor, Teacher,
            Train Driver, Translator, Upholsterer, Veterinarian, Watchmaker, Weaver, Welder, Zookeeper
            """);

    static final SerializableString[] BLOOD_TYPES = texts("""
            A+, A−, B+, B−, AB+, AB−, O+, O−
            """);

    static final SerializableString[] STREETS = texts("""
            Acorn, Arbor, Ash, Bakery, Bank, Beacon Hill, Birch, Bridge, Broad, Canal, Castle, Cathedral, Cedar,
            Chapel, Cherry, Chestnut, Church, Clay, College, Cooper, Court, Cross, Dock, Elm, Factory, Ferry,
            Field, Forge, Fountain, Garden, Grange, Green, Grove, Harbor, Hawthorn, High, Hill, Hospital, Island,
            Jubilee, King, Lake, Laurel, Library, Lime, Long, Main, Maple, Market, Meadow, Mill, Mint, Museum, New,
            North, Oak, Old Station, Orchard, Park, Poplar, Quarry, Queen, Railway, Ridge, River, Rose, School,
            Ship, South, Spring, Station, Summer, Sycamore, Temple, Theatre, Tower, Union, Valley, Victoria, View,
            Vine, Walnut, Water, Well, West, Willow, Wind Mill, Wood, York
            """);

    static final SerializableString[] CITIES = texts("""
            Albany, Allentown, Amarillo, Ann Arbor, Asheville, Augusta, Austin, Bakersfield, Bellevue, Bend,
            Billings, Boise, Boulder, Bozeman, Buffalo, Burlington, Cañon City, Cedar Rapids, Charleston, Cheyenne,
            Columbia, Concord, Corvallis, Davenport, Dayton, Decatur, Denton, Duluth, Durham, El Paso, Erie,
            Eugene, Evanston, Fargo, Flagstaff, Fort Collins, Fresno, Galveston, Grand Forks, Green Bay, Hartford,
            Helena, Ithaca, Jackson, Juneau, Kalamazoo, La Crosse, Lansing, Laredo, Lincoln, Lowell, Madison,
            Medford, Missoula, Mobile, Napa, Norfolk, Ogden, Olympia, Omaha, Peñasco, Peoria, Portland, Provo,
            Pueblo, Reno, Roanoke, Rochester, Salem, Santa Fe, Savannah, Scranton, Sioux Falls, Spokane,
            Springfield, St. Cloud, Syracuse, Tacoma, Toledo, Topeka, Tucson, Tulsa, Utica, Waco, Wichita, Yakima
            """);

    static final SerializableString[] STATES = texts("""
            Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, Florida, Georgia,
            Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts,
            Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey,
            New Mexico, New York, North Carolina, North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Rhode Island,
            South Carolina, South Dakota, Tennessee, Texas, Utah, Vermont, Virginia, Washington, West Virginia,
            Wisconsin, Wyoming
            """);

    static final SerializableString[] COUNTRY_CODES = texts("""
            AE, AL, AM, AR, AT, AU, BA, BD, BE, BG, BO, BR, BW, CA, CH, CL, CM, CO, CR, CU, CY, CZ, DE, DK, DO, EC,
            EE, EG, ES, ET, FI, FJ, FR, GB, GE, GH, GR, GT, HN, HR, HU, ID, IE, IN, IS, IT, JM, JO, JP, KE, KR, LA,
            LB, LK, LT, LU, LV, MA, MD, MG, MK, MN, MT, MX, MY, MZ, NA, NG, NI, NL, NO, NP, NZ, OM, PA, PE, PH, PK,
            PL, PT, PY, RO, RS, RW, SE, SG, SI, SK, SN, TH, TN, TR, TW, TZ, UA, UG, US, UY, VN, ZA, ZM
            """);

    /// Make, model, year, price.
    static final String PRODUCTS = """
            Cobalt Works, Record Player Classic, 2016, 585
            Møller, Wall Clock No. 4, 2016, 866.50
            Brightwater, Raincoat S, 2019, 534
            Grünwald, Desk Lamp ’24, 2019, 253.25
            Harrow, Microscope Mini, 2018, 430.25
            Lantern House, Skillet Two, 2020, 780
            Inkwell, Bookcase Plus, 2024, 30
            Harrow, Record Player Pro, 2023, 499
            Møller, Record Player S, 2017, 148
            Dunmore, Camera Classic, 2022, 485
            Cobalt Works, Wall Clock XL, 2019, 875
            Cobalt Works, Rowing Machine XL, 2024, 438.50
            Inkwell, Camera Mini, 2020, 77.99
            Northwind, Chess Set Classic, 2019, 593.99
            Fernhill, Telescope No. 4, 2021, 896
            Seabright, Camera ’24, 2022, 566.50
            Alder & Finch, Armchair Classic, 2015, 69
            Juniper, Tent XL, 2022, 893
            Grünwald, Bicycle Two, 2023, 171
            Tamarack, Stand Mixer Pro, 2018, 45
            Northwind, Garden Hose Two, 2015, 824
            Harrow, Rowing Machine S, 2020, 103
            Alder & Finch, Kettle No. 4, 2017, 471.95
            Alder & Finch, Telescope Classic, 2024, 472.95
            Pinehurst, Coffee Grinder Pro, 2015, 473.95
            Pinehurst, Telescope Mini, 2018, 227
            Tamarack, Backpack Two, 2020, 513.95
            Møller, Microscope Plus, 2022, 124
            Quayside, Raincoat XL, 2023, 186
            Seabright, Chess Set XL, 2015, 524
            Pinehurst, Bluetooth Speaker XL, 2018, 483.99
            Eastgate, Backpack Mini, 2015, 439.95
            Quayside, Sewing Machine S, 2022, 795.99
            Brightwater, Sewing Machine Two, 2016, 520.50
            Møller, Rowing Machine ’24, 2024, 697.99
            Eastgate, Tent Plus, 2017, 29.95
            Tamarack, Electric Piano No. 4, 2019, 828.25
            Seabright, Garden Hose Mini, 2023, 76
            Kestrel, Kettle Plus, 2021, 754.99
            Tamarack, Tent XL, 2016, 546.99
            Quayside, Skillet ’24, 2022, 47
            Quayside, Desk Lamp Classic, 2016, 837
            Kestrel, Coffee Grinder No. 4, 2023, 482.50
            Grünwald, Raincoat XL, 2016, 309.95
            Oakley Bros, Tent Plus, 2015, 740
            Oakley Bros, Backpack Two, 2022, 852
            Kestrel, Armchair No. 4, 2020, 270.50
            Eastgate, Stand Mixer Two, 2024, 273.50
            Dunmore, Chess Set S, 2016, 428
            Brightwater, Bicycle Two, 2015, 623
            Juniper, Backpack S, 2016, 95.25
            Kestrel, Telescope Mini, 2016, 31.95
            Rowan, Record Player S, 2017, 490
            Brightwater, Desk Lamp No. 4, 2019, 425.50
            Brightwater, Skillet No. 4, 2023, 460.95
            Lantern House, Desk Lamp Plus, 2021, 658
            Juniper, Stand Mixer Mini, 2016, 101
            Rowan, Headphones ’24, 2024, 328.25
            Cobalt Works, Microscope XL, 2015, 26
            Lantern House, Raincoat Two, 2018, 402
            Lantern House, Sewing Machine No. 4, 2021, 256.99
            Rowan, Wall Clock ’24, 2018, 513.50
            Harrow, Headphones Classic, 2019, 189
            Inkwell, Sleeping Bag Pro, 2024, 347.95
            Eastgate, Toolbox XL, 2017, 52
            Inkwell, Garden Hose Pro, 2022, 86
            Tamarack, Toolbox Two, 2019, 641.50
            Dunmore, Bookcase Pro, 2016, 732
            Oakley Bros, Electric Piano Mini, 2016, 120.99
            Pinehurst, Kettle Two, 2021, 429
            Fernhill, Bluetooth Speaker Classic, 2017, 389.25
            Oakley Bros, Toolbox No. 4, 2018, 192
            Fernhill, Coffee Grinder Mini, 2018, 605
            Northwind, Camera Two, 2019, 796
            Eastgate, Electric Piano Two, 2021, 438
            Quayside, Bicycle S, 2020, 744.50
            Kestrel, Bluetooth Speaker ’24, 2024, 326
            Juniper, Toolbox Classic, 2024, 397.50
            Alder & Finch, Bluetooth Speaker No. 4, 2023, 154.50
            Lantern House, Bicycle Plus, 2024, 703
            Northwind, Bookcase Classic, 2022, 423
            Fernhill, Kettle S, 2016, 404.50
            Grünwald, Sewing Machine Classic, 2015, 120
            Seabright, Sleeping Bag ’24, 2018, 595.25
            Northwind, Sleeping Bag No. 4, 2019, 85.50
            Dunmore, Sleeping Bag Two, 2019, 353.50
            Oakley Bros, Stand Mixer Plus, 2021, 561.95
            Rowan, Rowing Machine Two, 2023, 880.95
            Cobalt Works, Headphones Two, 2022, 62
            Møller, Headphones No. 4, 2021, 228.25
            Pinehurst, Armchair XL, 2023, 326
            Grünwald, Skillet Two, 2021, 503.50
            Juniper, Electric Piano ’24, 2017, 763.50
            Seabright, Bookcase XL, 2015, 560
            Inkwell, Chess Set Classic, 2020, 495
            Harrow, Wall Clock Mini, 2015, 226.95
            Rowan, Microscope No. 4, 2023, 860.95
            Alder & Finch, Coffee Grinder ’24, 2016, 653.95
            Fernhill, Armchair Pro, 2018, 327
            Dunmore, Garden Hose Pro, 2023, 467
            """;

    static SerializableString text(String text) {
        SerializedString encoded = new SerializedString(text);
        encoded.asQuotedUTF8(); // Encodes now rather than with the first row.
        return encoded;
    }

    private static SerializableString[] texts(String list) {
        return words(list).map(Words::text).toArray(SerializableString[]::new);
    }

    private static byte[][] bytes(String list) {
        return words(list).map(word -> word.getBytes(StandardCharsets.US_ASCII)).toArray(byte[][]::new);
    }

    private static Stream<String> words(String list) {
        return Stream.of(list.strip().split(",\\s+"));
    }
}
