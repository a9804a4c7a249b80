/* SQL functions for SQLite that write the outline of an annotation as members of a JSON object: what exporter.vision.geometry reads
   and measures, for polygons of one ring that are plainly sound. Whatever is not, or is in doubt, is SPECIAL, and Python decides.

   Numbers of a ring are copied digit by digit, so that nothing is rounded; bounds and areas are doubles, added in the same order as
   Python does, and written with the fewest digits that read back to the same double. */

#include "native.h"

#include <math.h>
#include <string.h>
SQLITE_EXTENSION_INIT3

enum {
    MOST_POINTS = 256,
    MOST_PAIRED = 64, /* points of a ring whose edges are compared with each other */
    DIGITS = 15,      /* decimal digits that a double keeps, however many it takes to write one */
};
__extension__ typedef unsigned __int128 Wide; /* gcc and clang have it on every machine of 64 bits */

static const double EXACT = 9007199254740992.0; /* whole numbers beyond are no longer exact: 2 to the power of 53 */
static const double HARDLY = 1e-9;              /* of its terms' sizes: a sum below may be rounding alone */
static const double PIXEL = 1;                  /* by which a box may differ from the one around its outline */
static const double TOLERANCE = 1e-6;           /* of a pixel, by which a box may leave its image */
static const uint64_t TENS[] = {1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u,
                                10000000000u, 100000000000u, 1000000000000u, 10000000000000u, 100000000000000u,
                                1000000000000000u, 10000000000000000u, 100000000000000000u, 1000000000000000000u,
                                10000000000000000000u};

/* --- doubles with the fewest digits */

/* Write a double; whether it could be written: from 0.001 to below 10 to the power of 15, or 0.

   With `decimals` decimals it has 17 digits, and as many are exact in 128 bits: number = mantissa / 2^shift. A decimal reads back
   to it if it is no farther away than half the distance to the next double. */
static int put_double(Line *line, double number) {
    double size = fabs(number), fraction;
    int exponent, shift, decimals, drop;
    uint64_t mantissa, steps, unit;
    Wide exact, half, near;
    if (size == 0) {
        put(line, "0.0", 3);
        return 1;
    }
    if (!(size >= 0.001 && size < 1e15)) {
        return 0;
    }
    fraction = frexp(size, &exponent);
    mantissa = (uint64_t)ldexp(fraction, 53);
    shift = 53 - exponent;
    if (mantissa == (uint64_t)1 << 52) { /* the next double below is nearer than the one above */
        if (size != floor(size)) {
            return 0;
        }
        put_whole(line, number < 0, (uint64_t)size);
        put(line, ".0", 2);
        return 1;
    }
    for (decimals = 19; decimals > 2 && size >= (double)TENS[17] / (double)TENS[decimals]; decimals--) {
    }
    exact = (Wide)mantissa * TENS[decimals];
    half = (Wide)TENS[decimals] / 2;
    for (drop = 2; drop >= 0; drop--) {
        Wide one = (Wide)TENS[drop] << shift;
        Wide apart;
        near = (exact + one / 2) / one;
        near -= near * one == exact + one / 2 && (near & 1); /* of two that are equally near the even one, as others have it */
        apart = near * one > exact ? near * one - exact : exact - near * one;
        if (apart < half || (apart == half && (mantissa & 1) == 0)) {
            break;
        }
    }
    if (drop < 0) {
        return 0;
    }
    decimals -= drop;
    steps = (uint64_t)near;
    while (decimals > 1 && steps % 10 == 0) {
        steps /= 10;
        decimals--;
    }
    unit = TENS[decimals];
    put_whole(line, number < 0, steps / unit);
    if (decimals == 0) {
        put(line, ".0", 2);
        return 1;
    }
    {
        char digits[20];
        uint64_t rest = steps % unit;
        int at;
        digits[0] = '.';
        for (at = decimals; at > 0; at--, rest /= 10) {
            digits[at] = (char)('0' + rest % 10);
        }
        put(line, digits, decimals + 1);
    }
    return 1;
}

/* --- rings */

typedef struct {
    const unsigned char *at, *end;
} Reader;

typedef struct {
    double x[MOST_POINTS + 1], y[MOST_POINTS + 1];
    sqlite3_int64 ends[MOST_POINTS + 1]; /* where each point ends in the text of the ring */
    int points;
} Ring;

static void skip_blanks(Reader *reader) {
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\t' || *reader->at == '\r')) {
        reader->at++;
    }
}

static int takes(Reader *reader, unsigned char sign) {
    skip_blanks(reader);
    if (reader->at < reader->end && *reader->at == sign) {
        reader->at++;
        return 1;
    }
    return 0;
}

/* A JSON number without exponent and of at most 15 digits, put to a line without the zeros at its end; whether there is one. */
static int take_number(Reader *reader, Line *line, double *number) {
    const unsigned char *begin, *first, *point = NULL, *last;
    uint64_t digits = 0;
    int count = 0, decimals = 0, negative;
    skip_blanks(reader);
    begin = reader->at;
    negative = begin < reader->end && *begin == '-';
    first = begin + negative;
    for (last = first; last < reader->end && (is_digit(*last) || (*last == '.' && point == NULL)); last++) {
        if (*last == '.') {
            point = last;
            continue;
        }
        digits = 10 * digits + (uint64_t)(*last - '0');
        decimals += point != NULL;
        if (++count > DIGITS) {
            return 0;
        }
    }
    if (last == first || !is_digit(*first) || (*first == '0' && last - first > 1 && first[1] != '.') || last[-1] == '.') {
        return 0;
    }
    if (last < reader->end && (*last == 'e' || *last == 'E')) {
        return 0;
    }
    if ((digits == 0 && negative) || (digits != 0 && digits * 10000 < TENS[decimals])) { /* -0, and what has an exponent if written short */
        return 0;
    }
    reader->at = last;
    *number = (double)digits / (double)TENS[decimals];
    if (negative) {
        *number = -*number;
    }
    if (point != NULL) {
        while (last[-1] == '0' && last[-2] != '.') {
            last--;
        }
    }
    put(line, begin, last - begin);
    return 1;
}

static int take_point(Reader *reader, Line *line, Ring *ring) {
    if (ring->points > MOST_POINTS - 1) {
        return 0;
    }
    if (ring->points > 0) {
        put(line, ",", 1);
    }
    if (!take_number(reader, line, &ring->x[ring->points]) || !takes(reader, ',')) {
        return 0;
    }
    put(line, ",", 1);
    if (!take_number(reader, line, &ring->y[ring->points])) {
        return 0;
    }
    ring->ends[ring->points++] = line->size;
    return 1;
}

/* A flat array, an array of pairs, or an array of one flat array: the one ring of a polygon; whether it is one of them. */
static int take_ring(Reader *reader, Line *line, Ring *ring) {
    int nested, pairs;
    ring->points = 0;
    if (reader->at == reader->end || *reader->at != '[') {
        return 0;
    }
    reader->at++;
    nested = takes(reader, '[');
    if (!take_point(reader, line, ring)) {
        return 0;
    }
    pairs = nested && takes(reader, ']');
    while (takes(reader, ',')) {
        if ((pairs && !takes(reader, '[')) || !take_point(reader, line, ring) || (pairs && !takes(reader, ']'))) {
            return 0;
        }
    }
    if ((nested && !pairs && !takes(reader, ']')) || !takes(reader, ']')) {
        return 0;
    }
    skip_blanks(reader);
    while (ring->points > 1 && ring->x[ring->points - 1] == ring->x[0] && ring->y[ring->points - 1] == ring->y[0]) {
        ring->points--;
    }
    return reader->at == reader->end && ring->points >= 3;
}

/* --- measures */

typedef struct {
    double x, y, width, height, area;
} Measure;

/* Bounds and area of a ring; whether nothing can be wrong with it. */
static int measure(Ring *ring, Measure *found) {
    double left = ring->x[0], right = left, top = ring->y[0], bottom = top, twice = 0, sizes = 0;
    int at, count = ring->points;
    ring->x[count] = ring->x[0];
    ring->y[count] = ring->y[0];
    for (at = 0; at < count; at++) {
        double term = ring->x[at] * ring->y[at + 1] - ring->x[at + 1] * ring->y[at];
        twice += term;
        sizes += fabs(term);
        left = ring->x[at] < left ? ring->x[at] : left;
        right = ring->x[at] > right ? ring->x[at] : right;
        top = ring->y[at] < top ? ring->y[at] : top;
        bottom = ring->y[at] > bottom ? ring->y[at] : bottom;
    }
    twice = fabs(twice);
    found->x = left;
    found->y = top;
    found->width = right - left;
    found->height = bottom - top;
    found->area = twice / 2;
    return twice > 2 * HARDLY * sizes && left > -EXACT && top > -EXACT && right < EXACT && bottom < EXACT && found->width > 0 &&
           found->height > 0;
}

static double cross(double ax, double ay, double bx, double by) { return ax * by - ay * bx; }

/* The side of a line on which a point surely is: 1, -1, or 0 where rounding might decide. */
static int side(const Ring *ring, int from, int to, int point) {
    double ax = ring->x[to] - ring->x[from], ay = ring->y[to] - ring->y[from];
    double bx = ring->x[point] - ring->x[from], by = ring->y[point] - ring->y[from];
    double turn = cross(ax, ay, bx, by), doubt = HARDLY * (fabs(ax * by) + fabs(ay * bx));
    return turn > doubt ? 1 : turn < -doubt ? -1 : 0;
}

/* Whether all of a ring is seen from the middle of its points, in one turn: then it does not cross itself. */
static int is_star(const Ring *ring) {
    double middle_x = 0, middle_y = 0;
    int at, turns = 0, sign = 0;
    for (at = 0; at < ring->points; at++) {
        middle_x += ring->x[at];
        middle_y += ring->y[at];
    }
    middle_x /= ring->points;
    middle_y /= ring->points;
    for (at = 0; at < ring->points; at++) {
        double ax = ring->x[at] - middle_x, ay = ring->y[at] - middle_y;
        double bx = ring->x[at + 1] - middle_x, by = ring->y[at + 1] - middle_y;
        double turn = cross(ax, ay, bx, by), doubt = HARDLY * (fabs(ax * by) + fabs(ay * bx));
        int here = turn > doubt ? 1 : turn < -doubt ? -1 : 0;
        if (here == 0 || (sign != 0 && here != sign)) {
            return 0;
        }
        sign = here;
        turns += (ay < 0) != (by < 0);
    }
    return turns == 2; /* once upwards, once downwards */
}

static int are_apart(double a, double b, double c, double d) {
    return (a > b ? a : b) < (c < d ? c : d) || (c > d ? c : d) < (a < b ? a : b);
}

/* Whether two edges that share no point are surely apart. */
static int edges_are_apart(const Ring *ring, int one, int other) {
    const double *x = ring->x, *y = ring->y;
    int first, second;
    if (are_apart(x[one], x[one + 1], x[other], x[other + 1]) || are_apart(y[one], y[one + 1], y[other], y[other + 1])) {
        return 1;
    }
    first = side(ring, one, one + 1, other);
    if (first != 0 && first == side(ring, one, one + 1, other + 1)) {
        return 1;
    }
    second = side(ring, other, other + 1, one);
    return second != 0 && second == side(ring, other, other + 1, one + 1);
}

/* Whether a ring surely does not cross itself. */
static int is_simple(const Ring *ring) {
    int one, other, count = ring->points;
    if (is_star(ring)) {
        return 1;
    }
    if (count > MOST_PAIRED) {
        return 0;
    }
    for (one = 0; one < count; one++) {
        if (side(ring, one, one + 1, one + 2 <= count ? one + 2 : 1) == 0) {
            return 0;
        }
        for (other = one + 2; other < count; other++) {
            if ((one > 0 || other < count - 1) && !edges_are_apart(ring, one, other)) {
                return 0;
            }
        }
    }
    return 1;
}

/* --- what SQL calls */

/* A number of a cell that is none: 0; a number, finite and exact: 1; anything else: -1. */
static int number_of(sqlite3_value *value, double *found) {
    switch (sqlite3_value_type(value)) {
    case SQLITE_NULL:
        return 0;
    case SQLITE_INTEGER:
    case SQLITE_FLOAT:
        *found = sqlite3_value_double(value) + 0.0;
        return fabs(*found) < EXACT ? 1 : -1;
    default:
        return -1;
    }
}

static int is_near(double one, double other) { return fabs(one - other) <= PIXEL; }

/* The box and the area that a host keeps in place of those that were measured; whether what is there could be taken. A box
   that is another one than its outline has is Python's, to be counted. */
static int take_stored(sqlite3_value **box, sqlite3_value *kept, Measure *found) {
    double numbers[4], area = 0;
    int at, given = 0;
    for (at = 0; at < 4; at++) {
        int known = number_of(box[at], &numbers[at]);
        if (known < 0) {
            return 0;
        }
        given += known;
    }
    if (given == 4) {
        if (!is_near(numbers[0], found->x) || !is_near(numbers[1], found->y) ||
            !is_near(numbers[0] + numbers[2], found->x + found->width) ||
            !is_near(numbers[1] + numbers[3], found->y + found->height)) {
            return 0;
        }
        found->x = numbers[0];
        found->y = numbers[1];
        found->width = numbers[2];
        found->height = numbers[3];
    }
    if (number_of(kept, &area) < 0) {
        return 0;
    }
    found->area = area > 0 ? area : found->area;
    return found->width > 0 && found->height > 0;
}

/* Whether a box surely lies in its image, or nobody knows how large that is. */
static int is_inside(const Measure *box, sqlite3_value *width, sqlite3_value *height) {
    double sides[2] = {0, 0};
    if (number_of(width, &sides[0]) < 0 || number_of(height, &sides[1]) < 0 || sqlite3_value_type(width) == SQLITE_FLOAT ||
        sqlite3_value_type(height) == SQLITE_FLOAT) {
        return 0;
    }
    if (sides[0] <= 0 || sides[1] <= 0) {
        return 1;
    }
    return box->x >= -TOLERANCE && box->y >= -TOLERANCE && box->x + box->width <= sides[0] + TOLERANCE &&
           box->y + box->height <= sides[1] + TOLERANCE;
}

static int put_members(Line *line, const Text *members, const Line *ring, sqlite3_int64 size, const Measure *found) {
    const double box[] = {found->x, found->y, found->width, found->height};
    sqlite3_int64 member;
    int at, known = 1;
    for (member = 0; member < members->size; member++) {
        if (member > 0) {
            put(line, ",", 1);
        }
        switch (members->bytes[member]) {
        case 'b':
            put(line, "\"bbox\":[", 8);
            for (at = 0; at < 4; at++) {
                put(line, ",", at > 0);
                known = known && put_double(line, box[at]);
            }
            put(line, "]", 1);
            break;
        case 'a':
        case 'd':
            put(line, "\"area\":", 7);
            known = known && put_double(line, members->bytes[member] == 'a' ? found->area : found->width * found->height);
            break;
        case 'c':
            put(line, "\"iscrowd\":0", 11);
            break;
        case 's':
            put(line, "\"segmentation\":[[", 17);
            put(line, ring->bytes, size);
            put(line, "]]", 2);
            break;
        default:
            known = 0;
        }
    }
    return known;
}

/* exporter_outline(members, geometry, x, y, width, height, area, image_width, image_height): members of a JSON object about a polygon
   that lies in its image and does not cross itself, or SPECIAL.

   `members` has a letter for each: b bbox, a area, d the area of the box, c iscrowd, s segmentation. Box and area are as the host
   keeps them, where it does. Without the size of the image nobody looks whether it lies in it. */
void outline(sqlite3_context *context, int count, sqlite3_value **values) {
    enum { MEMBERS, GEOMETRY, BOX, AREA = BOX + 4, WIDTH, HEIGHT };
    Ring ring;
    Measure found;
    Line made = new_line(), numbers = new_line();
    Text members = text_of(context, values[MEMBERS]), geometry = text_of(context, values[GEOMETRY]);
    Reader reader = {geometry.bytes, geometry.bytes + geometry.size};
    int known = sqlite3_value_type(values[GEOMETRY]) == SQLITE_TEXT && geometry.size > 0;
    (void)count;
    known = known && take_ring(&reader, &numbers, &ring) && measure(&ring, &found) && is_simple(&ring);
    known = known && take_stored(values + BOX, values[AREA], &found) && is_inside(&found, values[WIDTH], values[HEIGHT]);
    known = known && put_members(&made, &members, &numbers, ring.ends[ring.points - 1], &found);
    if (!known) {
        made.size = 0;
        put_special(&made);
    }
    if (numbers.bytes == NULL && made.bytes != NULL) {
        sqlite3_free(made.bytes);
        made.bytes = NULL;
    }
    sqlite3_free(numbers.bytes);
    give(context, &made);
}

/* exporter_number(number): a double as JSON has it, with the fewest digits that read back to it, or SPECIAL. */
void number(sqlite3_context *context, int count, sqlite3_value **values) {
    Line made = new_line();
    double found;
    (void)count;
    if (number_of(values[0], &found) != 1 || !put_double(&made, found)) {
        made.size = 0;
        put_special(&made);
    }
    give(context, &made);
}
