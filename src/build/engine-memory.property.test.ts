import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drvPath, stepName, storePath } from '../model/ids.ts';
import { decodeMemory, encodeMemory, type EngineMemory } from './engine-memory.ts';

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 6 }), fc.constantFrom('', '"', '\\', '\n', '\u2028'));
const memory: fc.Arbitrary<EngineMemory> = fc.record({
  realisations: fc.array(fc.tuple(text.map(drvPath), text.map(storePath)), { maxLength: 4 }),
  durations: fc.array(fc.tuple(text.map(stepName), fc.nat()), { maxLength: 4 }),
  toolchain: fc.constant(undefined),
});
const nothing = decodeMemory();
const [sample] = fc.sample(
  memory.filter(({ realisations, durations }) => realisations.length > 2 && durations.length > 2),
  { numRuns: 1, seed: 1 },
) as [EngineMemory];

describe("the engine's memory", () => {
  it('reads back as it was', () => {
    fc.assert(
      fc.property(memory, (any) => {
        expect(decodeMemory(encodeMemory(any))).toEqual(any);
      }),
    );
  });

  it('is nothing if it is cut off anywhere', () => {
    const bytes = Buffer.from(encodeMemory(sample));
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeMemory(bytes.subarray(0, length).toString()), String(length)).toEqual(nothing);
    }
  });

  it('is nothing if any bit is flipped', () => {
    const original = encodeMemory(sample);
    const bytes = Buffer.from(original);
    const passed: string[] = [];
    for (let at = 0; at < bytes.length * 8; at++) {
      const [byte, mask] = [at >> 3, 1 << (at & 7)];
      bytes.writeUInt8(bytes.readUInt8(byte) ^ mask, byte);
      const damaged = bytes.toString();
      if (damaged !== original && decodeMemory(damaged) !== nothing) passed.push(`bit ${at & 7} of byte ${byte}`);
      bytes.writeUInt8(bytes.readUInt8(byte) ^ mask, byte);
    }
    expect(passed).toEqual([]);
  });

  it('is nothing if it is any other text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (any) => {
        expect(decodeMemory(any)).toEqual(nothing);
      }),
    );
  });
});
