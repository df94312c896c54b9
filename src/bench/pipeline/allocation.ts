import { GCProfiler, getHeapStatistics } from 'node:v8';

/** What was allocated on V8's heap between two moments, and what the collector did meanwhile. */
export interface Allocated {
  readonly bytes: number;
  /** Pauses of the collector, in ms. */
  readonly collectingMs: number;
  readonly collections: number;
}

type Collection = ReturnType<GCProfiler['stop']>['statistics'][number];

/** One collection, as far as it matters here. */
export interface HeapAround {
  readonly usedBefore: number;
  readonly usedAfter: number;
}

/** What was allocated is what the heap has grown by, and what was collected of it meanwhile. */
export function allocatedBytes(usedAtStart: number, usedAtEnd: number, collections: readonly HeapAround[]): number {
  const collected = collections.reduce((sum, { usedBefore, usedAfter }) => sum + usedBefore - usedAfter, 0);
  return usedAtEnd - usedAtStart + collected;
}

function around({ beforeGC, afterGC }: Collection): HeapAround {
  const { usedHeapSize: usedBefore } = beforeGC.heapStatistics;
  return { usedBefore, usedAfter: afterGC.heapStatistics.usedHeapSize };
}

/**
 * Begins to count; what it gives ends it. Node 20 has no counter of allocated bytes, but `v8.GCProfiler`
 * (https://nodejs.org/docs/latest-v20.x/api/v8.html#class-v8gcprofiler) tells the heap's size around each collection.
 * Memory outside of V8's heap, as that of larger buffers, is not in it, nor is that of other threads.
 */
export function countAllocation(): () => Allocated {
  const profiler = new GCProfiler();
  profiler.start();
  const usedAtStart = getHeapStatistics().used_heap_size;
  return () => {
    const usedAtEnd = getHeapStatistics().used_heap_size;
    const { statistics } = profiler.stop();
    return {
      bytes: allocatedBytes(usedAtStart, usedAtEnd, statistics.map(around)),
      // The profiler counts microseconds.
      collectingMs: statistics.reduce((sum, { cost }) => sum + cost, 0) / 1000,
      collections: statistics.length,
    };
  };
}
