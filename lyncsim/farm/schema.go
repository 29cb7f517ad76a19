package farm

import _ "embed"

//go:embed farm.schema.json
var schema []byte

// Schema is the JSON schema of a farm file.
func Schema() []byte { return schema }
