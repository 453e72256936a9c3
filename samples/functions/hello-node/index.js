'use strict';

const { greet } = require('greeting');

/** Answers with a greeting made by the module "greeting" of the layer "greetings". */
exports.handler = async function handler(event) {
  console.log(`greeting ${event.name}`);
  if (event.name === undefined) throw new TypeError('The event has no "name"');
  return { greeting: greet(event.name) };
};
