// Reads exports back with the readers of other makers: a line of JSON in, {format, text}; a line out, {nodes, edges}.
// The folder of the packages is the first argument.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.argv[2]}/here.js`);

async function mermaid() {
  const { JSDOM } = require("jsdom");
  globalThis.window = new JSDOM("").window; // Mermaid cleans labels with the browser's document, even when it only parses
  globalThis.document = globalThis.window.document;
  const library = (await import(pathToFileURL(require.resolve("mermaid")).href)).default;
  library.initialize({ startOnLoad: false });
  const letters = globalThis.document.createElement("textarea");
  // Mermaid keeps the codes of characters in a form of its own until it draws them.
  const decoded = (text) => {
    letters.innerHTML = text.replaceAll("ﬂ°°", "&#").replaceAll("ﬂ°", "&").replaceAll("¶ß", ";");
    return letters.value;
  };
  return async (text) => {
    await library.parse(text);
    const { db } = await library.mermaidAPI.getDiagramFromText(text);
    const nodes = [...db.getVertices().values()];
    return {
      nodes: nodes.map((node) => ({ id: node.id, label: decoded(node.text), classes: node.classes })),
      edges: db.getEdges().map((edge) => ({ source: edge.start, target: edge.end, label: decoded(edge.text) })),
    };
  };
}

async function cyjs() {
  const cytoscape = require("cytoscape");
  return (text) => {
    const graph = cytoscape({ headless: true, ...JSON.parse(text) });
    return { nodes: graph.nodes().map((node) => node.data()), edges: graph.edges().map((edge) => edge.data()) };
  };
}

async function gexf() {
  const { MultiDirectedGraph } = require("graphology");
  const reader = require("graphology-gexf");
  return (text) => {
    const graph = reader.parse(MultiDirectedGraph, text);
    return {
      nodes: graph.mapNodes((id, said) => ({ ...said, id })),
      edges: graph.mapEdges((id, said, source, target) => ({ ...said, id, source, target })),
    };
  };
}

const makers = { mermaid, cyjs, gexf };
const readers = {};
for await (const line of createInterface({ input: process.stdin })) {
  const { format, text } = JSON.parse(line);
  try {
    readers[format] ??= await makers[format]();
    console.log(JSON.stringify(await readers[format](text)));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
