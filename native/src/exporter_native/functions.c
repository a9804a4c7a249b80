/* SQL functions for SQLite that write the text of cells: what `exporter.cells` and `exporter.sqlitetext` say in SQL, said in C.

   A value is taken by its own type, since a column of SQLite may hold anything in any row. Texts are read where they lie in
   SQLite's page, without the copy that sqlite3_value_text() makes to put a NUL at their end: so every length is known, and no
   function here looks for a NUL but where SQLite's own functions would stop at it. */

#include "native.h"

#include <stdio.h>
SQLITE_EXTENSION_INIT1

enum {
    MOST_BYTES = 1000000000, /* of a line: SQLite's longest text, unless it is built otherwise */
    MOST_DECIMALS = 9,
    SIGNIFICANT = 15, /* digits of a double that count, as PostgreSQL has it */
};
static const char SPECIAL = '\x1d'; /* exporter.cells.SPECIAL: a value that only Python writes */

/* --- values */

Text text_of(sqlite3_context *context, sqlite3_value *value) {
    Text text;
    if (((const Way *)sqlite3_user_data(context))->utf16 && sqlite3_value_type(value) == SQLITE_TEXT) {
        text.bytes = sqlite3_value_text(value);
    } else {
        text.bytes = sqlite3_value_blob(value);
    }
    text.size = text.bytes == NULL ? 0 : sqlite3_value_bytes(value);
    return text;
}

static int is_lower(unsigned char byte) { return byte >= 'a' && byte <= 'z'; }
static int is_upper(unsigned char byte) { return byte >= 'A' && byte <= 'Z'; }

/* Whether bytes are as a pattern says: 0 stands for a digit, anything else for itself. */
static int is_like(const unsigned char *bytes, const char *pattern) {
    for (; *pattern != '\0'; bytes++, pattern++) {
        if (*pattern == '0' ? !is_digit(*bytes) : *bytes != (unsigned char)*pattern) {
            return 0;
        }
    }
    return 1;
}

/* --- clean: neither control characters nor bytes that are no UTF-8 */

/* Whether eight bytes are ASCII and none of them is a control character. */
static int is_plain(uint64_t bytes) {
    const uint64_t ones = UINT64_MAX / 0xff, tops = 0x80 * ones;
    uint64_t below_blank = bytes - 0x20 * ones, deletes = (bytes ^ 0x7f * ones) - ones; /* a borrow sets a byte's top bit */
    return ((bytes | below_blank | deletes) & tops) == 0;
}

int character_size(const unsigned char *bytes, sqlite3_int64 room) {
    unsigned char first = bytes[0], least = 0x80, most = 0xbf;
    int size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0, at;
    if (size == 0 || size > room) {
        return 0;
    }
    switch (first) { /* neither longer than need be, nor a surrogate, nor past U+10FFFF */
    case 0xe0:
        least = 0xa0;
        break;
    case 0xed:
        most = 0x9f;
        break;
    case 0xf0:
        least = 0x90;
        break;
    case 0xf4:
        most = 0x8f;
        break;
    }
    for (at = 1; at < size; at++, least = 0x80, most = 0xbf) {
        if (bytes[at] < least || bytes[at] > most) {
            return 0;
        }
    }
    return size;
}

static int is_clean(const unsigned char *bytes, sqlite3_int64 size) {
    while (size > 0) {
        uint64_t eight;
        int character;
        if (size >= (int)sizeof eight) {
            memcpy(&eight, bytes, sizeof eight);
            if (is_plain(eight)) {
                bytes += sizeof eight;
                size -= (int)sizeof eight;
                continue;
            }
        }
        if (*bytes < 0x20 || *bytes == 0x7f) {
            return 0;
        }
        character = character_size(bytes, size);
        if (character == 0) {
            return 0;
        }
        bytes += character;
        size -= character;
    }
    return 1;
}

/* --- lines: what grows as cells are put to it */

Line new_line(void) {
    Line line = {NULL, 0, FIRST_ROOM, 1, 0};
    line.bytes = sqlite3_malloc64((sqlite3_uint64)line.room);
    return line;
}

int make_room(Line *line, sqlite3_int64 size) {
    char *larger;
    line->too_big = line->too_big || size > MOST_BYTES - line->size;
    if (line->too_big) {
        return 0;
    }
    line->room = line->size + size < MOST_BYTES / 2 ? 2 * (line->size + size) : MOST_BYTES;
    larger = sqlite3_realloc64(line->bytes, (sqlite3_uint64)line->room);
    if (larger == NULL) {
        sqlite3_free(line->bytes);
    }
    line->bytes = larger;
    return larger != NULL;
}

void put_special(Line *line) { put(line, &SPECIAL, 1); }

void put_text(Line *line, const Text *text) {
    put(line, text->bytes, text->size);
    line->clean = line->clean && is_clean(text->bytes, text->size);
}

void put_whole(Line *line, int negative, uint64_t number) {
    char digits[21];
    int at = (int)sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    if (negative) {
        digits[--at] = '-';
    }
    put(line, digits + at, (int)sizeof digits - at);
}

void put_integer(Line *line, sqlite3_int64 number) {
    put_whole(line, number < 0, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

/* --- numbers with decimals */

static const double POWERS[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};

/* A number of steps of the last decimal, without the zeros at its end: 51496000 of 6 decimals is 51.496, 51000000 is 51.0. */
static void put_steps(Line *line, int negative, uint64_t steps, int decimals) {
    uint64_t scale = (uint64_t)POWERS[decimals], fraction = steps % scale;
    char digits[MOST_DECIMALS + 1];
    int size = decimals, at;
    put_whole(line, negative && steps != 0, steps / scale);
    digits[0] = '.';
    for (at = decimals; at > 0; at--, fraction /= 10) {
        digits[at] = (char)('0' + fraction % 10);
    }
    while (size > 1 && digits[size] == '0') {
        size--;
    }
    if (decimals == 0) {
        put(line, ".0", 2);
    } else {
        put(line, digits, size + 1);
    }
}

/* A number by its first 15 digits, a half away from zero. It is below 10 to the power of 14 less the decimals, so that at least one
   digit is left out. */
static void put_by_digits(Line *line, double number, int decimals) {
    char written[SIGNIFICANT + 16];
    const char *exponent_at;
    int exponent = 0, kept, read = 0, at, below;
    uint64_t steps = 0;
    int up = 0;
    snprintf(written, sizeof written, "%.*e", SIGNIFICANT - 1, number < 0 ? -number : number);
    exponent_at = strchr(written, 'e');
    below = exponent_at[1] == '-';
    for (at = 2; is_digit((unsigned char)exponent_at[at]); at++) {
        exponent = 10 * exponent + (exponent_at[at] - '0');
    }
    kept = (below ? -exponent : exponent) + decimals + 1; /* digits that are not rounded away */
    for (at = 0; written + at < exponent_at && read <= kept; at++) {
        if (!is_digit((unsigned char)written[at])) { /* the decimal point, whatever the locale has for it */
            continue;
        }
        if (read < kept) {
            steps = 10 * steps + (uint64_t)(written[at] - '0');
        } else {
            up = written[at] >= '5';
        }
        read++;
    }
    put_steps(line, number < 0, steps + (uint64_t)up, decimals);
}

/* Whether arithmetic alone rounds a number: it has at most 12 digits then, and no digit after the 15th could make or undo a half. */
static int is_usual(double size, int decimals) {
    if (size > POWERS[11 - decimals] || size < (decimals <= 4 ? 0.0 : 0.001)) {
        return 0;
    }
    int64_t thousandths = (int64_t)(size * (POWERS[decimals] * 1000)) % 1000;
    return thousandths != 499 && thousandths != 500;
}

/* A rounded number, or `beyond` where there are more digits than a double has. */
static void put_number(Line *line, double number, int decimals, const Text *beyond) {
    double size = number < 0 ? -number : number;
    if (is_usual(size, decimals)) {
        put_steps(line, number < 0, (uint64_t)(size * POWERS[decimals] + 0.5), decimals);
    } else if (size < POWERS[14 - decimals]) {
        put_by_digits(line, number, decimals);
    } else if (beyond != NULL) {
        put_text(line, beyond);
    } else {
        put_special(line);
    }
}

/* Whether a text is a plain number with more decimals than are wanted. */
static int is_longer(const Text *text, int decimals) {
    sqlite3_int64 at, point = -1;
    for (at = 0; at < text->size; at++) {
        unsigned char byte = text->bytes[at];
        if (byte == '.') {
            if (point >= 0) {
                return 0;
            }
            point = at;
        } else if (!is_digit(byte) && (at > 0 || (byte != '+' && byte != '-'))) {
            return 0;
        }
    }
    return point >= 0 && text->size - point - 1 > decimals;
}

/* --- points in time */

static const char DAY[] = "0000-00-00";
enum { DAY_SIZE = 10, TIME_SIZE = 8 };

/* Characters as SQLite counts them: bytes that no character begins with belong to the one before. */
static sqlite3_int64 characters(const unsigned char *bytes, sqlite3_int64 size) {
    sqlite3_int64 at = 0, count = 0;
    while (at < size) {
        if (bytes[at++] >= 0xc0) {
            while (at < size && (bytes[at] & 0xc0) == 0x80) {
                at++;
            }
        }
        count++;
    }
    return count;
}

/* A text as SQLAlchemy writes points in time gets its T, and loses a fraction of zeros. */
static void put_moment(Line *line, const Text *text, int type) {
    static const char NONE[] = ".000000";
    const sqlite3_int64 begin = DAY_SIZE + 1, none = (sqlite3_int64)sizeof NONE - 1, end = text->size - none;
    if (text->size < begin || !is_like(text->bytes, DAY) || text->bytes[DAY_SIZE] != ' ' ||
        memchr(text->bytes, '\0', (size_t)text->size) != NULL) {
        put_text(line, text);
        return;
    }
    line->clean = line->clean && is_clean(text->bytes, text->size);
    put(line, text->bytes, DAY_SIZE);
    put(line, "T", 1);
    if (type == SQLITE_TEXT && end >= begin + TIME_SIZE && memcmp(text->bytes + end, NONE, (size_t)none) == 0 &&
        characters(text->bytes + begin, end - begin) == TIME_SIZE) {
        put(line, text->bytes + begin, end - begin);
    } else {
        put(line, text->bytes + begin, text->size - begin);
    }
}

static int days_of_month(int year, int month) {
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return DAYS[month - 1] + (month == 2 && leap);
}

static int number_at(const unsigned char *bytes, int size) {
    int number = 0;
    for (; size > 0; size--, bytes++) {
        number = 10 * number + (*bytes - '0');
    }
    return number;
}

static int is_day(const unsigned char *bytes) {
    int month;
    if (!is_like(bytes, DAY)) {
        return 0;
    }
    month = number_at(bytes + 5, 2);
    if (month < 1 || month > 12) {
        return 0;
    }
    return number_at(bytes + 8, 2) >= 1 && number_at(bytes + 8, 2) <= days_of_month(number_at(bytes, 4), month);
}

static int is_time(const unsigned char *bytes) {
    return (*bytes == ' ' || *bytes == 'T') && is_like(bytes + 1, "00:00:00") && number_at(bytes + 1, 2) < 24 &&
           number_at(bytes + 4, 2) < 60 && number_at(bytes + 7, 2) < 60;
}

static int is_zone(const unsigned char *bytes) {
    return (*bytes == '+' || *bytes == '-') && is_like(bytes + 1, "00:00") && number_at(bytes + 1, 2) < 14 &&
           number_at(bytes + 4, 2) < 60;
}

/* --- what SQL calls */

void give(sqlite3_context *context, Line *line) {
    if (line->too_big) {
        sqlite3_free(line->bytes);
        sqlite3_result_error_toobig(context);
    } else if (line->bytes == NULL) {
        sqlite3_result_error_nomem(context);
    } else {
        sqlite3_result_text64(context, line->bytes, (sqlite3_uint64)line->size, sqlite3_free, SQLITE_UTF8);
    }
}

static void put_cell(Line *line, sqlite3_context *context, sqlite3_value *value, char kind) {
    int type = sqlite3_value_type(value), decimals = kind - '0';
    int rounded = decimals >= 0 && decimals <= MOST_DECIMALS;
    Text text;
    switch (type) {
    case SQLITE_NULL:
        return;
    case SQLITE_INTEGER: {
        sqlite3_int64 number = sqlite3_value_int64(value);
        if (kind == 'b' && (number == 0 || number == 1)) {
            put(line, number ? "true" : "false", number ? 4 : 5);
            return;
        }
        put_integer(line, number);
        if (rounded) {
            put(line, ".0", 2);
        }
        return;
    }
    case SQLITE_FLOAT:
        if (rounded) {
            put_number(line, sqlite3_value_double(value), decimals, NULL);
        } else if (kind == 'p') {
            text.bytes = sqlite3_value_text(value);
            put(line, text.bytes, text.bytes == NULL ? 0 : sqlite3_value_bytes(value));
        } else {
            put_special(line);
        }
        return;
    default:
        text = text_of(context, value);
        if (kind == 'm') {
            put_moment(line, &text, type);
        } else if (rounded && type == SQLITE_TEXT && is_longer(&text, decimals)) {
            put_number(line, sqlite3_value_double(value), decimals, &text);
        } else {
            put_text(line, &text);
        }
    }
}

/* exporter_line(between, after, kinds, cell, ...): the texts of cells, with something between them and after the last one.
   exporter_clean_line(...): the same, with SPECIAL at the end where a text holds a control character, or bytes that are no UTF-8.

   `kinds` has a letter for each cell: t as it is, b true and false, m a point in time, 0 to 9 a number with so many decimals. In
   their place, a number that only Python writes exactly is SPECIAL. p is as it is, with numbers as SQLite writes them. */
static void line(sqlite3_context *context, int count, sqlite3_value **values) {
    enum { BETWEEN, AFTER, KINDS, CELLS };
    Text between, after, kinds;
    Line made;
    int at;
    if (count <= CELLS) {
        sqlite3_result_error(context, "exporter_line() takes what stands between, what stands after, kinds and cells", -1);
        return;
    }
    between = text_of(context, values[BETWEEN]);
    after = text_of(context, values[AFTER]);
    kinds = text_of(context, values[KINDS]);
    if (kinds.size != count - CELLS) {
        sqlite3_result_error(context, "exporter_line() takes a kind for each cell", -1);
        return;
    }
    made = new_line();
    for (at = CELLS; at < count; at++) {
        if (at > CELLS) {
            put(&made, between.bytes, between.size);
        }
        put_cell(&made, context, values[at], (char)kinds.bytes[at - CELLS]);
    }
    put(&made, after.bytes, after.size);
    if (!made.clean && ((const Way *)sqlite3_user_data(context))->tells) {
        put_special(&made);
    }
    give(context, &made);
}

/* exporter_second_word(text): that of a text of two, of which the first begins with a capital and the second has none and at least
   two letters; else NULL. Both are of ASCII letters and hyphens. */
static void second_word(sqlite3_context *context, int count, sqlite3_value **values) {
    int is_text = sqlite3_value_type(values[0]) == SQLITE_TEXT;
    Text text = text_of(context, values[0]);
    sqlite3_int64 at = 1, begin;
    (void)count;
    if (!is_text || text.size == 0 || !is_upper(text.bytes[0])) {
        return;
    }
    while (at < text.size && (is_lower(text.bytes[at]) || is_upper(text.bytes[at]) || text.bytes[at] == '-')) {
        at++;
    }
    if (at == text.size || text.bytes[at] != ' ') {
        return;
    }
    begin = ++at;
    while (at < text.size && (is_lower(text.bytes[at]) || text.bytes[at] == '-')) {
        at++;
    }
    if (at - begin >= 2 && (at == text.size || text.bytes[at] == '\0')) { /* a NUL ends a text for SQLite's functions */
        sqlite3_result_text64(context, (const char *)text.bytes + begin, (sqlite3_uint64)(at - begin), SQLITE_TRANSIENT,
                              SQLITE_UTF8);
    }
}

/* exporter_is_moment(text, first, last, eve): whether it is a day or a point in time from the day `first` on and before `last`; one
   with an offset from UTC before `eve`, the day before. All three are days as ISO 8601 writes them. */
static void is_moment(sqlite3_context *context, int count, sqlite3_value **values) {
    enum { TEXT, FIRST, LAST, EVE };
    Text days[EVE + 1], text;
    const unsigned char *rest;
    int known = sqlite3_value_type(values[TEXT]) == SQLITE_TEXT, at;
    (void)count;
    for (at = TEXT; at <= EVE; at++) {
        days[at] = text_of(context, values[at]);
        known = known && days[at].size >= DAY_SIZE;
    }
    text = days[TEXT];
    if (known && is_day(text.bytes) && memcmp(text.bytes, days[FIRST].bytes, DAY_SIZE) >= 0 &&
        memcmp(text.bytes, days[LAST].bytes, DAY_SIZE) < 0) {
        known = 0;
        rest = text.bytes + DAY_SIZE;
        switch (text.size) {
        case 10:
            known = 1;
            break;
        case 19:
            known = is_time(rest);
            break;
        case 20:
            known = is_time(rest) && rest[9] == 'Z';
            break;
        case 25:
            known = is_time(rest) && is_zone(rest + 9) && memcmp(text.bytes, days[EVE].bytes, DAY_SIZE) < 0;
            break;
        case 26:
            known = is_time(rest) && is_like(rest + 9, ".000000");
            break;
        }
    } else {
        known = 0;
    }
    sqlite3_result_int(context, known);
}

/* exporter_is_path(text, from): whether a text holds, from a byte on, none but ASCII letters, digits and _ . ~ / - */
static void is_path(sqlite3_context *context, int count, sqlite3_value **values) {
    int known = sqlite3_value_type(values[0]) == SQLITE_TEXT;
    Text text = text_of(context, values[0]);
    sqlite3_int64 at = sqlite3_value_int64(values[1]);
    (void)count;
    for (at = at < 0 ? 0 : at; known && at < text.size; at++) {
        unsigned char byte = text.bytes[at];
        known = is_lower(byte) || is_digit(byte) || is_upper(byte) || (byte != '\0' && strchr("_.~/-", byte) != NULL);
    }
    sqlite3_result_int(context, known);
}

typedef void Function(sqlite3_context *, int, sqlite3_value **);

/* Give a database a function, or an aggregate by its step and its end. */
static int add_as(sqlite3 *database, const char *name, int count, int tells, Function *function, Function *step,
                  void (*end)(sqlite3_context *)) {
    static const Way WAYS[2][2] = {{{0, 0}, {0, 1}}, {{1, 0}, {1, 1}}};
    const int encodings[] = {SQLITE_UTF8, SQLITE_UTF16};
    int utf16, result = SQLITE_OK;
    for (utf16 = 0; result == SQLITE_OK && utf16 < 2; utf16++) {
        result = sqlite3_create_function_v2(database, name, count, encodings[utf16] | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                            (void *)&WAYS[utf16][tells], function, step, end, NULL);
    }
    return result;
}

static int add(sqlite3 *database, const char *name, int count, int tells, Function *function) {
    return add_as(database, name, count, tells, function, NULL, NULL);
}

/* The name by which SQLite finds what to call when it loads an extension: the only one that others see. SQLite opens extensions so
   that they share what they show, and another one's `sqlite3_api` may be of another library. */
__attribute__((visibility("default"))) int sqlite3_extension_init(sqlite3 *database, char **error, const sqlite3_api_routines *api) {
    int result;
    (void)error;
    SQLITE_EXTENSION_INIT2(api);
    result = add(database, "exporter_line", -1, 0, line);
    result = result ? result : add(database, "exporter_clean_line", -1, 1, line);
    result = result ? result : add(database, "exporter_second_word", 1, 0, second_word);
    result = result ? result : add(database, "exporter_is_moment", 4, 0, is_moment);
    result = result ? result : add(database, "exporter_is_path", 2, 0, is_path);
    result = result ? result : add(database, "exporter_outline", 10, 0, outline);
    result = result ? result : add(database, "exporter_label", 8, 0, label);
    result = result ? result : add(database, "exporter_number", 1, 0, number);
    result = result ? result : add_as(database, "exporter_sheet_rows", -1, 0, NULL, sheet_rows, sheet_rows_end);
    result = result ? result : add_as(database, "exporter_sheet_widths", -1, 0, NULL, sheet_widths, sheet_widths_end);
    return result ? result : add_as(database, "exporter_doubles", 1, 0, NULL, doubles, doubles_end);
}
