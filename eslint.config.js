import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom: folder of src/ → the folders it may import, besides itself. The one place that says so.
 * `host/ports.ts` (types only) is open to all but model.
 *
 * @type {Record<string, readonly string[]>}
 */
const mayImport = {
  model: [],
  report: ['model'],
  host: ['model'],
  plan: ['model'],
  graph: ['model', 'plan'],
  nix: ['model', 'plan', 'graph'],
  scan: ['model', 'plan', 'graph', 'nix'],
  // Its generator is a program of its own, and so puts real parts together as cli/ does.
  dynamic: ['model', 'report', 'host', 'plan', 'graph', 'scan', 'nix'],
  import: ['model', 'plan', 'record'],
  build: ['model', 'plan', 'graph', 'scan', 'nix', 'dynamic'],
  watch: ['model', 'plan', 'graph', 'scan', 'nix', 'build'],
  hook: ['model', 'plan', 'graph', 'scan', 'nix', 'build'],
  verify: ['model', 'plan', 'graph', 'scan', 'nix', 'build'],
  record: ['model'],
  cli: [
    'model',
    'report',
    'host',
    'plan',
    'graph',
    'scan',
    'nix',
    'dynamic',
    'build',
    'watch',
    'hook',
    'verify',
    'record',
    'import',
  ],
  testing: ['model', 'report', 'host', 'plan', 'graph', 'scan', 'nix', 'dynamic', 'build', 'watch', 'hook', 'cli'],
};

/** The outside world, reached through the ports of src/host/ only: that is what lets everything else be tested with fakes. */
const outside = ['fs', 'fs/promises', 'child_process', 'net', 'process', 'chokidar', 'execa']
  .flatMap((name) => [name, `node:${name}`])
  .map((name) => ({ name, message: 'Only src/host/node-*.ts reaches outside; take a port from src/host/ports.ts.' }));

const tests = ['src/**/*.test.ts', 'scripts/**/*.test.mjs'];
const adapters = ['src/host/node-*.ts'];

/** @param {string} folder */
function directions(folder) {
  const allowed = new Set([folder, ...(mayImport[folder] ?? [])]);
  const forbidden = Object.keys(mayImport).filter((other) => !allowed.has(other));
  const portsOnly = folder !== 'model' && forbidden.includes('host');
  const closed = forbidden.filter((other) => other !== 'host' || !portsOnly);
  const patterns = [];
  if (closed.length > 0) {
    patterns.push({
      regex: `^(?:\\.\\./)+(?:${closed.join('|')})/`,
      message: `src/${folder}/ may not import this; see mayImport in eslint.config.js.`,
    });
  }
  if (portsOnly) {
    patterns.push({
      regex: '^(?:\\.\\./)+host/(?!ports\\.ts$)',
      message: `Of src/host/, src/${folder}/ may import ports.ts only.`,
    });
  }
  if (folder === 'model') patterns.push({ regex: '^[^.]', message: 'src/model/ is pure and imports no module.' });
  return patterns;
}

/**
 * @param {string} folder
 * @param {typeof outside} paths
 * @returns {import('eslint').Linter.RulesRecord}
 */
const importRules = (folder, paths) => ({
  'no-restricted-imports': ['error', { paths, patterns: directions(folder) }],
});

export default defineConfig(
  globalIgnores(['bin/', 'dist/', 'schema/', 'fixtures/', '**/.makenix/']),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    name: 'makenix/all',
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // A `default` is a decision too; a switch without one has to name every case.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => watcher.close()` reads better than a block around it.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A port's method is async whether or not this adapter or fake has to wait.
      '@typescript-eslint/require-await': 'off',
      // `for (;;)` and `while (true)` say what they mean.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-properties': [
        'error',
        { property: 'localeCompare', message: 'Depends on the locale; use bytewise from src/model/order.ts.' },
      ],
    },
  },
  {
    name: 'makenix/src',
    files: ['src/**/*.ts'],
    ignores: tests,
    rules: {
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
    },
  },
  {
    name: 'makenix/process',
    files: ['src/**/*.ts'],
    ignores: [...tests, ...adapters, 'src/cli/**', 'src/dynamic/generator.ts', 'src/testing/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'Only src/cli/ and src/host/node-*.ts know of it.' },
      ],
    },
  },
  ...Object.keys(mayImport).map((folder) => ({
    name: `makenix/directions/${folder}`,
    files: [`src/${folder}/**/*.ts`],
    // A test may build what it needs from anywhere.
    ignores: [...tests, ...adapters],
    rules: importRules(folder, folder === 'testing' ? [] : outside),
  })),
  { name: 'makenix/directions/adapters', files: adapters, ignores: tests, rules: importRules('host', []) },
  {
    name: 'makenix/tests',
    files: tests,
    rules: {
      // A missing element should fail the test where it is used.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|skipIf|runIf|todo|fails)$/]',
          message: 'No test is focused, skipped or left for later.',
        },
      ],
    },
  },
  {
    name: 'makenix/scripts',
    files: ['**/*.{js,mjs}'],
    rules: {
      // tsc checks these files too, and knows Node's globals.
      'no-undef': 'off',
      // These do not see the cast in `/** @type {T} */ (JSON.parse(text))`.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
