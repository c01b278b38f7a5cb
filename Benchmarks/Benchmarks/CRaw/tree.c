#include "raw.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

typedef struct {
  uint32_t *numbers;
  size_t places;
  const char *const *names;
} name_places;

static size_t place_of(const name_places *table, const char *name) {
  uint64_t value = 1469598103934665603u;
  for (const char *byte = name; *byte; byte++)
    value = (value ^ (unsigned char)*byte) * 1099511628211u;
  size_t place = (value ^ value >> 29) & (table->places - 1);
  while (table->numbers[place] != NONE && strcmp(table->names[table->numbers[place]], name) != 0)
    place = (place + 1) & (table->places - 1);
  return place;
}

size_t raw_tree(const char *const *names, const char *const *parents, size_t count) {
  name_places table = {NULL, 16, names};
  size_t reached = 0;
  while (table.places * 2 < count * 3) table.places *= 2;
  size_t node_bytes = count * sizeof(uint32_t);
  table.numbers = malloc(table.places * sizeof(uint32_t));
  uint32_t *parent = malloc(node_bytes), *child = malloc(node_bytes), *next = malloc(node_bytes);
  memset(table.numbers, 0xFF, table.places * sizeof(uint32_t));
  memset(child, 0xFF, node_bytes);
  memset(next, 0xFF, node_bytes);
  for (size_t number = 0; number < count; number++)
    table.numbers[place_of(&table, names[number])] = (uint32_t)number;
  uint32_t roots = NONE;
  for (size_t number = count; number-- > 0;) {
    parent[number] = parents[number] ? table.numbers[place_of(&table, parents[number])] : NONE;
    uint32_t *first = parent[number] == NONE ? &roots : &child[parent[number]];
    next[number] = *first;
    *first = (uint32_t)number;
  }
  /* Down, then to the next, then up: no stack. */
  for (uint32_t at = roots; at != NONE;) {
    reached++;
    if (child[at] != NONE) {
      at = child[at];
      continue;
    }
    while (at != NONE && next[at] == NONE) at = parent[at];
    if (at != NONE) at = next[at];
  }
  free(table.numbers);
  free(parent);
  free(child);
  free(next);
  return reached;
}
