/** What a value tells of itself: that it is a secret, one that everybody knows, or none. */

/** Passwords that products ship with or documentation prints, in lower case. */
export const wellKnown = new Set(
  `admin administrator password passwd pass secret changeme changeit change-me change_me root toor test
  default postgres mysql minioadmin minio guest user demo example letmein welcome qwerty 123456 12345678
  neo4j elastic opensearch redis mongo mongodb grafana prom-operator ollama n8n langfuse langflow flowise
  litellm openwebui open-webui anything dify difyai123456 infini_rag_flow weaviate qdrant sk-1234 token
  supersecret mysecretpassword secretpassword sw2yctib9zpoohopsmm super-secret-key even-more-secret
  dify-sandbox mysecret myredissecret miniosecret minio123 ultrasecretkey t0p-s3cr3t top-secret password1234
  clickhouse infini_rag_flow_os_01 qazwsxedc!@#123 neo4j/neo4j neo4j/password mysalt salt empty token-abc123
  my-secret-api-key ${'0'.repeat(64)}
  f34be427ebb29de8d88c107a71546019685ed8b241d8f2ed00c3df97ad2566f0
  lykiyyt6owg+71olergza7gxcgot++6ovaezwajpcjf+sjc3ztu+quei`.split(/\s+/),
);

/** Secrets that are recognised by their own shape. */
export const shapes: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  // Not the signature algorithms sk-ssh-… and sk-ecdsa-… of OpenSSH.
  /\bsk-(?!ssh-|ecdsa-sha2-)[A-Za-z0-9_-]{16,}/g,
  /\b(?:ghp|gho|ghs|ghu|github_pat)_[A-Za-z0-9_]{20,}/g,
  /\bhf_[A-Za-z0-9]{20,}/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bgsk_[A-Za-z0-9]{20,}/g,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/g,
  /\bAKIA[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\bnvapi-[A-Za-z0-9_-]{20,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+/g,
  /\$(?:1|2[abxy]|5|6|7|y|apr1|argon2id?)\$[./A-Za-z0-9$=,+]{8,}/g,
];

/** Values that say something about a secret, or about where it is, instead of being one. */
export const harmless = new RegExp(
  [
    'true|false|yes|no|on|off|none|null|nil|undefined|required|optional|auto|all|file:.*|\\*+',
    // nsswitch.conf(5): passwd: files systemd
    '(?:files|compat|systemd|sss|db|nis|ldap|winbind)(?:\\s.*)?',
    '<masked(?::well-known)?>.*',
    // A variable, a command's output, a specifier of systemd, a template, a path.
    // One that is another's fallback has lost its end: ${A:-${B}}.
    // Compose writes a literal dollar as two, for a shell in the container to see one.
    '\\$\\$?[a-z_]\\w*|\\$\\$?\\{\\w+(?::?[-+?=])?|\\$\\$?\\(.*|`.*|%[a-z](?:/.*)?|\\{\\{.*',
    // Encrypted by SOPS or eyaml, or kept in a vault.
    'ENC\\[\\w+,[^\\]]*\\]|op://.*|ref\\+\\w+://.*|vault:.*#.*',
    '(?:/(?:run|etc|var|usr|opt|home|root|tmp|srv|mnt|dev|data|secrets|vault|app|config)(?:/.*)?|(?:\\.{1,2}|~)/.*)',
  ]
    .map((alternative) => `^(?:${alternative})$`)
    .join('|'),
  'is',
);
