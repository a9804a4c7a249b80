/* SQL functions for SQLite that write the shape of an annotation, as members of a JSON object or as a label of YOLO: what
   exporter.vision.geometry reads and measures, for polygons of one ring and boxes that are plainly sound. Whatever is not, or is
   in doubt, is SPECIAL, and Python decides.

   Numbers of a ring are copied digit by digit, so that nothing is rounded; bounds and areas are doubles, added in the same order as
   Python does, and written with the fewest digits that read back to the same double. */

#include "native.h"

#include <math.h>
SQLITE_EXTENSION_INIT3

enum {
    MOST_POINTS = 256,
    MOST_PAIRED = 64, /* points of a ring whose edges are compared with each other */
    DIGITS = 15,      /* decimal digits that a double keeps, however many it takes to write one */
    MOST_DECIMALS = 22, /* of a double from 0.00001 on */
};
__extension__ typedef unsigned __int128 Wide; /* gcc and clang have it on every machine of 64 bits */

static const double EXACT = 9007199254740992.0; /* whole numbers beyond are no longer exact: 2 to the power of 53 */
static const double HARDLY = 1e-9;              /* of its terms' sizes: a sum below may be rounding alone */
static const double LARGEST = 1000000;          /* pixels of an image's side: what is said to be larger is no size */
static const double PIXEL = 1;                  /* by which a box may differ from the one around its outline */
static const double TOLERANCE = 1e-6;           /* of a pixel, by which a box may leave its image */
static const uint64_t TENS[] = {1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u,
                                10000000000u, 100000000000u, 1000000000000u, 10000000000000u, 100000000000000u,
                                1000000000000000u, 10000000000000000u, 100000000000000000u, 1000000000000000000u,
                                10000000000000000000u};

/* --- doubles with the fewest digits */

static Wide ten_to(int power) { return power < 20 ? TENS[power] : (Wide)TENS[19] * TENS[power - 19]; }

/* With `decimals` decimals it has 17 digits, and as many are exact in 128 bits: number = mantissa / 2^shift. A decimal reads back
   to it if it is no farther away than half the distance to the next double. */
int put_decimal(Line *line, double number) {
    double size = fabs(number), fraction;
    int exponent, shift, decimals, drop, is_power;
    uint64_t mantissa, steps;
    Wide exact, half, near;
    if (size == 0) {
        put(line, "0.0", 3);
        return 1;
    }
    if (!(size >= 0.00001 && size < 1e15)) {
        return 0;
    }
    fraction = frexp(size, &exponent);
    mantissa = (uint64_t)ldexp(fraction, 53);
    shift = 53 - exponent;
    is_power = mantissa == (uint64_t)1 << 52; /* of two: the next double below is nearer than the one above */
    for (decimals = MOST_DECIMALS; decimals > 2 && size >= (double)TENS[17] / (double)ten_to(decimals); decimals--) {
    }
    exact = (Wide)mantissa * ten_to(decimals);
    half = ten_to(decimals) / 2;
    for (drop = 2; drop >= 0; drop--) {
        Wide one = (Wide)TENS[drop] << shift;
        Wide apart;
        near = (exact + one / 2) / one;
        near -= near * one == exact + one / 2 && (near & 1); /* of two that are equally near the even one, as others have it */
        apart = near * one > exact ? near * one - exact : exact - near * one;
        if (is_power ? apart == 0 : apart < half || (apart == half && (mantissa & 1) == 0)) {
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
    put_whole(line, number < 0, decimals > 19 ? 0 : steps / TENS[decimals]);
    if (decimals == 0) {
        put(line, ".0", 2);
        return 1;
    }
    {
        char digits[MOST_DECIMALS + 1];
        uint64_t rest = decimals > 19 ? steps : steps % TENS[decimals];
        int at;
        digits[0] = '.';
        for (at = decimals; at > 0; at--, rest /= 10) {
            digits[at] = (char)('0' + rest % 10);
        }
        put(line, digits, decimals + 1);
    }
    return 1;
}

/* The same as JSON has it: what is below 0.001 may take an exponent. */
static int put_double(Line *line, double number) {
    return (number == 0 || fabs(number) >= 0.001) && put_decimal(line, number);
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
    int decimals = 0, negative;
    skip_blanks(reader);
    begin = reader->at;
    negative = begin < reader->end && *begin == '-';
    first = begin + negative;
    for (last = first; last < reader->end && is_digit(*last); last++) {
        digits = 10 * digits + (uint64_t)(*last - '0');
    }
    if (last < reader->end && *last == '.') {
        point = last;
        for (last++; last < reader->end && is_digit(*last); last++) {
            digits = 10 * digits + (uint64_t)(*last - '0');
        }
    }
    if (last - first - (point != NULL) > DIGITS) { /* more may have overflowed above */
        return 0;
    }
    if (point != NULL) {
        decimals = (int)(last - point - 1);
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

typedef struct {
    Ring ring;
    Line numbers; /* of the ring, as its text has them */
    Measure around; /* of the ring */
    Measure found;  /* what is written: as the host keeps it, where it does */
    int is_box;     /* there is no ring */
} Shape;

/* The box and the area that a host keeps in place of those that were measured, the area where it is asked for; whether what is there
   could be taken. A box that is another one than its outline has is Python's, to be counted. */
static int take_stored(Shape *shape, sqlite3_value **box, sqlite3_value *kept) {
    double numbers[4], area = 0;
    int at, given = 0;
    Measure *found = &shape->found;
    *found = shape->around;
    for (at = 0; at < 4; at++) {
        int known = number_of(box[at], &numbers[at]);
        if (known < 0) {
            return 0;
        }
        given += known;
    }
    if (shape->is_box && given < 4) {
        return 0;
    }
    if (given == 4) {
        if (!shape->is_box && (!is_near(numbers[0], found->x) || !is_near(numbers[1], found->y) ||
                               !is_near(numbers[0] + numbers[2], found->x + found->width) ||
                               !is_near(numbers[1] + numbers[3], found->y + found->height))) {
            return 0;
        }
        found->x = numbers[0];
        found->y = numbers[1];
        found->width = numbers[2];
        found->height = numbers[3];
    }
    if (shape->is_box) {
        found->area = found->width * found->height;
    }
    if (kept != NULL && number_of(kept, &area) < 0) {
        return 0;
    }
    found->area = area > 0 ? area : found->area;
    return found->width > 0 && found->height > 0;
}

/* The shape of a row: a polygon, or where there is no geometry, a box; whether nothing is wrong with it. */
static int take_shape(sqlite3_context *context, Shape *shape, sqlite3_value *geometry, sqlite3_value **box, sqlite3_value *kept) {
    Text text = text_of(context, geometry);
    Reader reader = {text.bytes, text.bytes + text.size};
    shape->is_box = sqlite3_value_type(geometry) == SQLITE_NULL || (sqlite3_value_type(geometry) == SQLITE_TEXT && text.size == 0);
    if (!shape->is_box && !(sqlite3_value_type(geometry) == SQLITE_TEXT && take_ring(&reader, &shape->numbers, &shape->ring) &&
                            measure(&shape->ring, &shape->around) && is_simple(&shape->ring))) {
        return 0;
    }
    return take_stored(shape, box, kept);
}

/* Width and height of an image, where they are whole numbers; 0 where nobody knows. */
static int take_size(sqlite3_value *width, sqlite3_value *height, double *sides) {
    sides[0] = sides[1] = 0;
    return number_of(width, &sides[0]) >= 0 && number_of(height, &sides[1]) >= 0 && sqlite3_value_type(width) != SQLITE_FLOAT &&
           sqlite3_value_type(height) != SQLITE_FLOAT && sides[0] <= LARGEST && sides[1] <= LARGEST;
}

/* Whether a box lies in its image, or reaches beyond by no more than a tolerance. */
static int is_inside(const Measure *box, const double *sides, double tolerance) {
    return box->x >= -tolerance && box->y >= -tolerance && box->x + box->width <= sides[0] + tolerance &&
           box->y + box->height <= sides[1] + tolerance;
}

/* The corners of a box, as x and y of each. */
static void corners_of(const Measure *box, double *corners) {
    const double right = box->x + box->width, below = box->y + box->height;
    const double found[] = {box->x, box->y, right, box->y, right, below, box->x, below};
    memcpy(corners, found, sizeof found);
}

static int put_doubles(Line *line, const double *numbers, int count) {
    int at, known = 1;
    for (at = 0; at < count; at++) {
        put(line, ",", at > 0);
        known = known && put_double(line, numbers[at]);
    }
    return known;
}

static int put_segmentation(Line *line, const Shape *shape) {
    double corners[8];
    int known = 1;
    put(line, "\"segmentation\":[[", 17);
    if (shape->is_box) {
        corners_of(&shape->found, corners);
        known = put_doubles(line, corners, 8);
    } else {
        put(line, shape->numbers.bytes, shape->ring.ends[shape->ring.points - 1]);
    }
    put(line, "]]", 2);
    return known;
}

static int put_members(Line *line, const Text *members, const Shape *shape) {
    const Measure *found = &shape->found;
    const double box[] = {found->x, found->y, found->width, found->height};
    sqlite3_int64 member, begun = line->size;
    int known = 1;
    for (member = 0; member < members->size; member++) {
        put(line, ",", line->size > begun);
        switch (members->bytes[member]) {
        case 'b':
            put(line, "\"bbox\":[", 8);
            known = known && put_doubles(line, box, 4);
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
            known = known && put_segmentation(line, shape);
            break;
        default:
            known = 0;
        }
    }
    return known;
}

/* Give a line, or SPECIAL where not all of it is known. */
static void give_known(sqlite3_context *context, Line *made, Line *numbers, int known) {
    if (!known) {
        made->size = 0;
        put_special(made);
    }
    if (numbers->bytes == NULL && made->bytes != NULL) { /* there was no memory for them */
        sqlite3_free(made->bytes);
        made->bytes = NULL;
    }
    sqlite3_free(numbers->bytes);
    give(context, made);
}

/* exporter_outline(members, kinds, geometry, x, y, width, height, area, image_width, image_height): members of a JSON object about a
   polygon that does not cross itself, or a box, that lies in its image; or SPECIAL.

   `members` has a letter for each: b bbox, a area, d the area of the box, c iscrowd, s segmentation. `kinds` has p where polygons
   are written and b where boxes are. Box and area are as the host keeps them, where it does. Without the size of the image nobody
   looks whether a shape lies in it. */
void outline(sqlite3_context *context, int count, sqlite3_value **values) {
    enum { MEMBERS, KINDS, GEOMETRY, BOX, AREA = BOX + 4, WIDTH, HEIGHT };
    Shape shape;
    Line made = new_line();
    Text members = text_of(context, values[MEMBERS]), kinds = text_of(context, values[KINDS]);
    double sides[2];
    int known;
    (void)count;
    shape.numbers = new_line();
    known = take_shape(context, &shape, values[GEOMETRY], values + BOX, values[AREA]) && take_size(values[WIDTH], values[HEIGHT], sides);
    known = known && memchr(kinds.bytes, shape.is_box ? 'b' : 'p', (size_t)kinds.size) != NULL;
    known = known && (sides[0] <= 0 || sides[1] <= 0 || is_inside(&shape.found, sides, TOLERANCE));
    known = known && put_members(&made, &members, &shape);
    give_known(context, &made, &shape.numbers, known);
}

/* A share of an image's side, as readers take it that know no exponents. */
static int put_share(Line *line, double number, double side) {
    int known = put_decimal(line, number / side);
    if (known && line->bytes != NULL && line->size > 1 && line->bytes[line->size - 1] == '0' && line->bytes[line->size - 2] == '.') {
        line->size -= 2;
    }
    return known;
}

/* exporter_label(task, geometry, x, y, width, height, image_width, image_height): where a shape is, as shares of its image's sides with a
   blank before each, or SPECIAL: for task d the middle and the size of its box, for s the points of its outline. Nothing of it may lie
   beyond its image. */
void label(sqlite3_context *context, int count, sqlite3_value **values) {
    enum { TASK, GEOMETRY, BOX, WIDTH = BOX + 4, HEIGHT };
    Shape shape;
    Line made = new_line();
    Text task = text_of(context, values[TASK]);
    double sides[2], corners[8];
    int known, at;
    (void)count;
    shape.numbers = new_line();
    known = take_shape(context, &shape, values[GEOMETRY], values + BOX, NULL) && take_size(values[WIDTH], values[HEIGHT], sides) &&
            task.size == 1 && sides[0] > 0 && sides[1] > 0 && is_inside(&shape.found, sides, 0);
    if (known && task.bytes[0] == 'd') {
        const Measure *box = &shape.found;
        const double numbers[] = {box->x + box->width / 2, box->y + box->height / 2, box->width, box->height};
        for (at = 0; at < 4; at++) {
            put(&made, " ", 1);
            known = known && put_share(&made, numbers[at], sides[at % 2]);
        }
    } else if (known && task.bytes[0] == 's') {
        const int points = shape.is_box ? 4 : shape.ring.points;
        corners_of(&shape.found, corners);
        for (at = 0; known && at < points; at++) {
            const double x = shape.is_box ? corners[2 * at] : shape.ring.x[at], y = shape.is_box ? corners[2 * at + 1] : shape.ring.y[at];
            known = x >= 0 && y >= 0 && x <= sides[0] && y <= sides[1];
            put(&made, " ", 1);
            known = known && put_share(&made, x, sides[0]);
            put(&made, " ", 1);
            known = known && put_share(&made, y, sides[1]);
        }
    } else {
        known = 0;
    }
    give_known(context, &made, &shape.numbers, known);
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
