#include "raw.h"

#include <malloc.h>

size_t raw_heap(void) {
  struct mallinfo2 heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}
