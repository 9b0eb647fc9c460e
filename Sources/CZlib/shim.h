#include <zlib.h>

/* deflateInit2 is a macro that passes the version and size of the struct. 31: the largest window, with a gzip head. */
static inline int gzip_begin(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
}
