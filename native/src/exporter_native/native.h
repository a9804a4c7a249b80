/* What the functions share: values as texts, and lines that grow as something is put to them. */

#ifndef EXPORTER_NATIVE_H
#define EXPORTER_NATIVE_H

#include <sqlite3ext.h>
#include <stdint.h>
#include <string.h>

enum { FIRST_ROOM = 512 /* bytes of a line before it grows; most rows have fewer */ };

/* A function's data. */
typedef struct {
    int utf16; /* the database keeps its texts so */
    int tells; /* a line that is not clean says so at its end */
} Way;

typedef struct {
    const unsigned char *bytes;
    sqlite3_int64 size;
} Text;

/* A text in the making; `bytes` is NULL once there was no memory for more. */
typedef struct {
    char *bytes;
    sqlite3_int64 size, room;
    int clean, too_big;
} Line;

/* The bytes of a text or a blob; of a text in UTF-16, a copy in UTF-8. */
Text text_of(sqlite3_context *context, sqlite3_value *value);

static inline int is_digit(unsigned char byte) { return byte >= '0' && byte <= '9'; }

/* The bytes of the character that begins here, or 0 where none does (RFC 3629, section 4). */
int character_size(const unsigned char *bytes, sqlite3_int64 room);

Line new_line(void);
int make_room(Line *line, sqlite3_int64 size); /* for so many bytes more; whether there is */

static inline void put(Line *line, const void *bytes, sqlite3_int64 size) {
    if (line->bytes == NULL || size == 0) { /* there was no memory, or there is nothing to put */
        return;
    }
    if (size <= line->room - line->size || make_room(line, size)) {
        memcpy(line->bytes + line->size, bytes, (size_t)size);
        line->size += size;
    }
}

void put_special(Line *line); /* exporter.cells.SPECIAL: what only Python writes */
void put_text(Line *line, const Text *text);
void put_whole(Line *line, int negative, uint64_t number);
void put_integer(Line *line, sqlite3_int64 number);
int put_decimal(Line *line, double number); /* with the fewest digits; whether it could: from 0.00001 to below 1e15, or 0 */

/* Give a line to SQLite, which frees it. */
void give(sqlite3_context *context, Line *line);

/* exporter_outline(), exporter_label() and exporter_number(), of outlines.c. */
void outline(sqlite3_context *context, int count, sqlite3_value **values);
void label(sqlite3_context *context, int count, sqlite3_value **values);
void number(sqlite3_context *context, int count, sqlite3_value **values);

/* exporter_sheet_rows(), exporter_sheet_widths() and exporter_doubles(), of sheets.c: aggregates, by step and end. */
void sheet_rows(sqlite3_context *context, int count, sqlite3_value **values);
void sheet_rows_end(sqlite3_context *context);
void sheet_widths(sqlite3_context *context, int count, sqlite3_value **values);
void sheet_widths_end(sqlite3_context *context);
void doubles(sqlite3_context *context, int count, sqlite3_value **values);
void doubles_end(sqlite3_context *context);

#endif
