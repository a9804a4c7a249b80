/* Aggregates for SQLite that write rows of a sheet in SpreadsheetML (ECMA-376 part 1, 18.3.1.73), and what else has to be known of
   them: the widths of the texts, and the numbers to be added up. They take rows in the order in which these come.

   Cells are written as Python writes them; a value for which Python takes a closer look makes the whole result NULL. */

#include "native.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
SQLITE_EXTENSION_INIT3

enum {
    MOST_CELLS = 26,         /* of a row: columns have one letter */
    MOST_WRITTEN = 4 << 20,  /* bytes of rows: memory stays flat where texts are long, by which Python cuts its batches */
    LONGEST = 32767,         /* UTF-16 units that a cell holds; no text has more of them than bytes */
    WHOLE_DIGITS = 15,       /* of a number that no program rounds */
    DIGIT = 10,              /* the width of a digit */
    SAVED = 4,               /* by a narrow character, as excel/cells.py of exporter-excel-pdf has it */
};
static const sqlite3_int64 LARGEST = 1000000000000000; /* of so many digits */
static const double LEAST = 0.0001;                    /* smaller ones Python writes with an exponent */

/* --- cells */

typedef struct {
    Line line;
    sqlite3_int64 number; /* of the next row */
    int styles[MOST_CELLS], whole; /* the style of each column, and that of whole numbers */
    int begun, refused;
} Rows;

/* A text as XML has it; whether no character of it has to be replaced, or could be taken for an escaped one. */
static int put_markup(Line *line, const Text *text) {
    const unsigned char *bytes = text->bytes;
    sqlite3_int64 at = 0, begin = 0;
    while (at < text->size) {
        unsigned char byte = bytes[at];
        const char *entity = byte == '&' ? "&amp;" : byte == '<' ? "&lt;" : byte == '>' ? "&gt;" : NULL;
        if (byte >= 0x80) {
            int size = character_size(bytes + at, text->size - at);
            if (size == 0 || (byte == 0xef && bytes[at + 1] == 0xbf && bytes[at + 2] >= 0xbe)) { /* U+FFFE, U+FFFF */
                return 0;
            }
            at += size;
            continue;
        }
        if ((byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f ||
            (byte == '_' && at + 1 < text->size && bytes[at + 1] == 'x')) {
            return 0;
        }
        if (entity != NULL) {
            put(line, bytes + begin, at - begin);
            put(line, entity, (sqlite3_int64)strlen(entity));
            begin = at + 1;
        }
        at++;
    }
    put(line, bytes + begin, at - begin);
    return 1;
}

static int is_blank(unsigned char byte) { return byte == ' ' || byte == '\t' || byte == '\n'; }

static void put_words(Line *line, const char *words) { put(line, words, (sqlite3_int64)strlen(words)); }

/* What follows the style of a cell with a text. */
static int put_text_cell(Line *line, const Text *text) {
    int written;
    if (text->size == 0) {
        put_words(line, "/>");
        return 1;
    }
    if (text->size > LONGEST) {
        return 0;
    }
    put_words(line, " t=\"inlineStr\"><is><t");
    if (is_blank(text->bytes[0]) || is_blank(text->bytes[text->size - 1]) ||
        memchr(text->bytes, '\n', (size_t)text->size) != NULL) {
        put_words(line, " xml:space=\"preserve\"");
    }
    put_words(line, ">");
    written = put_markup(line, text);
    put_words(line, "</t></is></c>");
    return written;
}

static int put_cell_of_text(Line *line, sqlite3_context *context, sqlite3_value *value) {
    Text text;
    switch (sqlite3_value_type(value)) {
    case SQLITE_FLOAT:
        return 0;
    case SQLITE_INTEGER:
        put_words(line, " t=\"inlineStr\"><is><t>");
        put_integer(line, sqlite3_value_int64(value));
        put_words(line, "</t></is></c>");
        return 1;
    }
    text = text_of(context, value);
    return put_text_cell(line, &text);
}

/* Whether a text is a number as most are: digits, of which few stand before a point. */
static int is_plain_number(const Text *text) {
    sqlite3_int64 at = text->size > 0 && text->bytes[0] == '-', begin = at, point;
    while (at < text->size && is_digit(text->bytes[at])) {
        at++;
    }
    if (at == begin || at - begin > WHOLE_DIGITS || (text->bytes[begin] == '0' && at - begin > 1)) {
        return 0;
    }
    if (at == text->size) {
        return 1;
    }
    point = at++;
    while (at < text->size && is_digit(text->bytes[at])) {
        at++;
    }
    return text->bytes[point] == '.' && at == text->size && at > point + 1;
}

static int put_cell_of_number(Line *line, sqlite3_context *context, sqlite3_value *value, char kind) {
    int written = 1;
    double number;
    Text text;
    if (sqlite3_value_type(value) == SQLITE_NULL) {
        put_words(line, "/>");
        return 1;
    }
    put_words(line, "><v>");
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        written = sqlite3_value_int64(value) < LARGEST && sqlite3_value_int64(value) > -LARGEST;
        put_integer(line, sqlite3_value_int64(value));
        break;
    case SQLITE_FLOAT:
        number = sqlite3_value_double(value);
        written = kind != 'i' && (number == 0 ? !signbit(number) : fabs(number) >= LEAST) && put_decimal(line, number);
        break;
    default:
        text = text_of(context, value);
        written = is_plain_number(&text);
        put(line, text.bytes, text.size);
    }
    put_words(line, "</v></c>");
    return written;
}

static int put_cell_of_flag(Line *line, sqlite3_value *value) {
    sqlite3_int64 flag = sqlite3_value_int64(value);
    Text word;
    if (sqlite3_value_type(value) == SQLITE_NULL) {
        put_words(line, "/>");
        return 1;
    }
    word.bytes = (const unsigned char *)(flag ? "Yes" : "No");
    word.size = flag ? 3 : 2;
    return put_text_cell(line, &word) && sqlite3_value_type(value) == SQLITE_INTEGER && (flag == 0 || flag == 1);
}

static int put_cell_of(Rows *rows, sqlite3_context *context, sqlite3_value *value, char kind, int style) {
    int type = sqlite3_value_type(value);
    double number = type == SQLITE_FLOAT ? sqlite3_value_double(value) : 0;
    put_words(&rows->line, "\" s=\"");
    put_integer(&rows->line, kind == 'w' && type != SQLITE_TEXT && floor(number) == number ? rows->whole : style);
    put_words(&rows->line, "\"");
    switch (kind) {
    case 'b':
        return put_cell_of_flag(&rows->line, value);
    case 'i':
    case 'n':
    case 'w':
        return put_cell_of_number(&rows->line, context, value, kind);
    }
    return put_cell_of_text(&rows->line, context, value);
}

/* --- rows */

/* Numbers with blanks between them: a style for each cell, and that of whole numbers. */
static void read_styles(Rows *rows, sqlite3_context *context, sqlite3_value *value, int cells) {
    const char *at = (const char *)sqlite3_value_text(value);
    char *end = NULL;
    int place;
    for (place = 0; at != NULL && place <= cells; place++, at = end) {
        int style = (int)strtol(at, &end, 10);
        if (end == at) {
            break;
        }
        if (place < cells) {
            rows->styles[place] = style;
        } else {
            rows->whole = style;
        }
    }
    if (place <= cells) {
        sqlite3_result_error(context, "exporter_sheet_rows() takes a style for each cell, and one for whole numbers", -1);
        rows->refused = 1;
    }
}

static void put_row(Rows *rows, sqlite3_context *context, const Text *kinds, sqlite3_value **cells) {
    char digits[24];
    int at, size = snprintf(digits, sizeof digits, "%lld", (long long)rows->number++);
    put_words(&rows->line, "<row r=\"");
    put(&rows->line, digits, size);
    put_words(&rows->line, "\">");
    for (at = 0; at < kinds->size && !rows->refused; at++) {
        char letter = (char)('A' + at);
        put_words(&rows->line, "<c r=\"");
        put(&rows->line, &letter, 1);
        put(&rows->line, digits, size);
        rows->refused = !put_cell_of(rows, context, cells[at], (char)kinds->bytes[at], rows->styles[at]);
    }
    put_words(&rows->line, "</row>");
}

/* exporter_sheet_rows(first, kinds, styles, cell, ...): rows, of which the first has the number `first`, as a blob.

   `kinds` has a letter for each cell: t a text, i a whole number, n a number, w one that has another style where it is whole, b yes
   or no. */
void sheet_rows(sqlite3_context *context, int count, sqlite3_value **values) {
    enum { FIRST, KINDS, STYLES, CELLS };
    Rows *rows = sqlite3_aggregate_context(context, sizeof *rows);
    Text kinds;
    if (rows == NULL || rows->refused) {
        return;
    }
    if (count <= CELLS || count > CELLS + MOST_CELLS || (kinds = text_of(context, values[KINDS])).size != count - CELLS) {
        sqlite3_result_error(context, "exporter_sheet_rows() takes a number, kinds, styles, and 1 to 26 cells", -1);
        rows->refused = 1;
        return;
    }
    if (!rows->begun) {
        rows->begun = 1;
        rows->number = sqlite3_value_int64(values[FIRST]);
        rows->line = new_line();
        read_styles(rows, context, values[STYLES], count - CELLS);
    }
    put_row(rows, context, &kinds, values + CELLS);
    if (rows->refused || rows->line.size > MOST_WRITTEN) {
        rows->refused = 1;
        sqlite3_free(rows->line.bytes);
        rows->line.bytes = NULL;
    }
}

void sheet_rows_end(sqlite3_context *context) {
    Rows *rows = sqlite3_aggregate_context(context, 0);
    if (rows == NULL || rows->refused) {
        return;
    }
    if (rows->line.bytes == NULL) {
        sqlite3_result_error_nomem(context);
    } else {
        sqlite3_result_blob64(context, rows->line.bytes, (sqlite3_uint64)rows->line.size, sqlite3_free);
    }
}

/* --- widths */

typedef struct {
    int widest[MOST_CELLS], cells;
    sqlite3_int64 rows;
} Widths;

/* Whether a character is as wide as two digits, which those of East Asia are: as excel/cells.py of exporter-excel-pdf has it. */
static int is_wide(unsigned int character) {
    static const unsigned int RANGES[][2] = {{0x1100, 0x115f},   {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
                                             {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
                                             {0x1f300, 0x1faff}, {0x20000, 0x3fffd}};
    size_t at;
    for (at = 0; at < sizeof RANGES / sizeof *RANGES; at++) {
        if (character >= RANGES[at][0] && character <= RANGES[at][1]) {
            return 1;
        }
    }
    return 0;
}

/* Whether a character is narrower than a digit: as the same module has it. */
static int is_narrow(unsigned char byte) { return byte != 0 && strchr(" .,:;'!|()[]Ifijlrt-", byte) != NULL; }

/* How wide a text is, or its longest line, in tenths of a digit. */
static int width_of_text(const Text *text) {
    int longest = -1, width = 0, characters = 0, wide = 0, narrow = 0;
    sqlite3_int64 at = 0;
    while (at <= text->size) {
        const unsigned char *bytes = text->bytes + at;
        if (at == text->size || *bytes == '\n') {
            if (characters > longest) {
                longest = characters;
                width = DIGIT * (characters + wide) - SAVED * narrow;
            }
            characters = wide = narrow = 0;
            at++;
        } else {
            int size = character_size(bytes, text->size - at);
            unsigned int character = size < 3 ? 0 : size == 3 ? bytes[0] & 0x0f : bytes[0] & 0x07, next;
            for (next = 1; size > 2 && next < (unsigned int)size; next++) {
                character = character << 6 | (bytes[next] & 0x3f);
            }
            characters++;
            wide += is_wide(character);
            narrow += size == 1 && is_narrow(*bytes);
            at += size > 0 ? size : 1;
        }
    }
    return width;
}

/* The same of a number with decimals, and with commas between thousands. */
static int width_of_number(double number, int decimals) {
    int size = snprintf(NULL, 0, "%.*f", decimals, number), minus = signbit(number) != 0, point = decimals > 0;
    int commas = (size - minus - point - decimals - 1) / 3;
    return DIGIT * (size + commas) - SAVED * (minus + point + commas);
}

static int width_of_cell(sqlite3_context *context, sqlite3_value *value, char kind) {
    char digits[24];
    Text text;
    if (kind >= '0' && kind <= '?') {
        return width_of_number(sqlite3_value_double(value), kind - '0');
    }
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        sqlite3_int64 number = sqlite3_value_int64(value);
        const char *written = number ? "true" : "false";
        if (kind != 'b') {
            snprintf(digits, sizeof digits, "%lld", (long long)number);
            written = digits;
        }
        text = (Text){(const unsigned char *)written, (sqlite3_int64)strlen(written)};
        return width_of_text(&text);
    }
    text = text_of(context, value);
    return width_of_text(&text);
}

/* exporter_sheet_widths(rows, kinds, cell, ...): how wide the cells of the first rows are, a number for each column, in tenths of a digit.

   `kinds` has a letter for each cell: t a text, b true or false, 0 to ? a number with so many decimals, from 0 to 15. */
void sheet_widths(sqlite3_context *context, int count, sqlite3_value **values) {
    enum { ROWS, KINDS, CELLS };
    Widths *widths = sqlite3_aggregate_context(context, sizeof *widths);
    Text kinds;
    int at;
    if (widths == NULL || widths->rows >= sqlite3_value_int64(values[ROWS])) {
        return;
    }
    if (count <= CELLS || count > CELLS + MOST_CELLS || (kinds = text_of(context, values[KINDS])).size != count - CELLS) {
        sqlite3_result_error(context, "exporter_sheet_widths() takes a number, kinds, and 1 to 26 cells", -1);
        return;
    }
    widths->rows++;
    widths->cells = count - CELLS;
    for (at = 0; at < widths->cells; at++) {
        int width = width_of_cell(context, values[CELLS + at], (char)kinds.bytes[at]);
        widths->widest[at] = width > widths->widest[at] ? width : widths->widest[at];
    }
}

void sheet_widths_end(sqlite3_context *context) {
    Widths *widths = sqlite3_aggregate_context(context, 0);
    Line line = new_line();
    int at;
    for (at = 0; widths != NULL && at < widths->cells; at++) {
        put(&line, " ", at > 0);
        put_integer(&line, widths->widest[at]);
    }
    give(context, &line);
}

/* --- numbers */

typedef struct {
    Line line;
    int begun, refused;
} Doubles;

/* exporter_doubles(number): the numbers as doubles, of the machine's own bytes, as a blob; NULL is 0, a text makes all NULL. */
void doubles(sqlite3_context *context, int count, sqlite3_value **values) {
    Doubles *found = sqlite3_aggregate_context(context, sizeof *found);
    int type = sqlite3_value_type(values[0]);
    double number = sqlite3_value_double(values[0]);
    (void)count;
    if (found == NULL) {
        return;
    }
    if (!found->begun) {
        found->begun = 1;
        found->line = new_line();
    }
    found->refused = found->refused || type == SQLITE_TEXT || type == SQLITE_BLOB;
    put(&found->line, &number, (sqlite3_int64)sizeof number);
}

void doubles_end(sqlite3_context *context) {
    Doubles *found = sqlite3_aggregate_context(context, 0);
    if (found == NULL) {
        return;
    }
    if (found->refused) {
        sqlite3_free(found->line.bytes);
    } else if (found->line.bytes == NULL) {
        sqlite3_result_error_nomem(context);
    } else {
        sqlite3_result_blob64(context, found->line.bytes, (sqlite3_uint64)found->line.size, sqlite3_free);
    }
}
