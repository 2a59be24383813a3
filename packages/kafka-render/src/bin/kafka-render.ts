#!/usr/bin/env node
import { runProgram } from 'kafka-runner';
import { main } from '../main.ts';

await runProgram('kafka-render', () => main(process.argv.slice(2)));
