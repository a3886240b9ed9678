/*
 * A libnvidia-ml.so.1 for tests: one card, or two, answering as drivers do that the macros describe.
 *   INIT=n         what nvmlInit_v2 answers            CARDS=n        how many cards there are
 *   OLD            without functions of newer drivers  MIG=n          MIG on, with n devices
 *   PROCESSES=n    how many compute on card 0          LOST=n         card n has fallen off the bus
 *   NO_MEMORY      the memory is shared with the host and not told
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifndef INIT
#define INIT 0
#endif
#ifndef CARDS
#define CARDS 1
#endif
#ifndef PROCESSES
#define PROCESSES 0
#endif

enum { SUCCESS, UNINITIALIZED, INVALID, NOT_SUPPORTED, NOT_FOUND = 6, TOO_SMALL, GPU_LOST = 15, VERSION = 25 };

typedef struct { int index; int part; } device;
typedef struct { uint64_t total, free, used; } memory;
typedef struct { uint32_t version; uint64_t total, reserved, free, used; } memory_v2;
typedef struct { uint32_t pid; uint64_t used; uint32_t gi, ci; } process;

static device cards[8], parts[8];
static int started;

int nvmlInit_v2(void) { started = INIT == 0; return INIT; }
int nvmlShutdown(void) { started = 0; return SUCCESS; }

const char *nvmlErrorString(int result) {
  switch (result) {
    case 9: return "Driver Not Loaded";
    case GPU_LOST: return "GPU is lost";
    case 18: return "Driver/library version mismatch";
    default: return "Not Supported";
  }
}

int nvmlSystemGetDriverVersion(char *text, unsigned size) {
  return snprintf(text, size, "580.159.04") < (int) size ? SUCCESS : TOO_SMALL;
}

int nvmlDeviceGetCount_v2(unsigned *count) {
  if (!started) return UNINITIALIZED;
  *count = CARDS;
  return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, device **card) {
  if (!started) return UNINITIALIZED;
  if (index >= CARDS) return INVALID;
#ifdef LOST
  if (index == LOST) return GPU_LOST;
#endif
  cards[index] = (device) {(int) index, -1};
  *card = &cards[index];
  return SUCCESS;
}

int nvmlDeviceGetName(device *card, char *text, unsigned size) {
  snprintf(text, size, card->part < 0 ? "NVIDIA H100 80GB HBM3" : "NVIDIA H100 80GB HBM3 MIG 1g.10gb");
  return SUCCESS;
}

int nvmlDeviceGetUUID(device *card, char *text, unsigned size) {
  snprintf(text, size, "%s-00000000-0000-0000-0000-00000000%02x%02x", card->part < 0 ? "GPU" : "MIG",
      card->index, card->part & 0xff);
  return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(device *card, memory *info) {
#ifdef NO_MEMORY
  return NOT_SUPPORTED;
#endif
  uint64_t mib = card->part < 0 ? 81559 : 9984;
  *info = (memory) {mib << 20, (mib - 600) << 20, 600ull << 20};
  return SUCCESS;
}

#ifndef OLD
int nvmlDeviceGetMemoryInfo_v2(device *card, memory_v2 *info) {
#ifdef NO_MEMORY
  return NOT_SUPPORTED;
#endif
  if (info->version != (sizeof(memory_v2) | 2u << 24)) return VERSION;
  uint64_t mib = card->part < 0 ? 81559 : 9984, kept = card->part < 0 ? 480 : 15;
  *info = (memory_v2) {info->version, mib << 20, kept << 20, (mib - kept - 120) << 20, 120ull << 20};
  return SUCCESS;
}

int nvmlDeviceGetMigMode(device *card, unsigned *current, unsigned *pending) {
#ifdef MIG
  *current = *pending = 1;
  return SUCCESS;
#else
  return NOT_SUPPORTED;
#endif
}
#endif

int nvmlDeviceGetMaxMigDeviceCount(device *card, unsigned *count) { *count = 7; return SUCCESS; }

/* Every other number is taken: what is there has gaps. */
int nvmlDeviceGetMigDeviceHandleByIndex(device *card, unsigned index, device **part) {
#ifdef MIG
  if (index % 2 == 0 && index / 2 < MIG) {
    parts[index] = (device) {card->index, (int) index};
    *part = &parts[index];
    return SUCCESS;
  }
#endif
  return NOT_FOUND;
}

int nvmlDeviceGetUtilizationRates(device *card, unsigned *rates) {
#ifdef MIG
  return NOT_SUPPORTED;
#endif
  rates[0] = 37;
  rates[1] = 11;
  return SUCCESS;
}

static int running(unsigned *count, process *list) {
  unsigned room = *count;
  *count = PROCESSES;
  if (room < PROCESSES) return TOO_SMALL;
  for (unsigned i = 0; i < PROCESSES; i++) {
    list[i] = (process) {1000 + i, i == 0 ? ~0ull : (uint64_t) i << 20, ~0u, ~0u};
  }
  return SUCCESS;
}

#ifdef OLD
int nvmlDeviceGetComputeRunningProcesses_v2(device *card, unsigned *count, process *list) { return running(count, list); }
#else
int nvmlDeviceGetComputeRunningProcesses_v3(device *card, unsigned *count, process *list) { return running(count, list); }
#endif
