#include "TestRun.h"
#include <stdlib.h>

/// Bounds how many tests are under way at once, before the test runner reads it; who sets the variable has the last word.
///
/// Without a bound all are begun together, and what one of them waits for comes after a turn of each of the others: many
/// seconds late, when limits that the product keeps in real time are over.
__attribute__((constructor)) static void bound_tests_under_way(void) {
  setenv("SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH", "8", 0);
}
