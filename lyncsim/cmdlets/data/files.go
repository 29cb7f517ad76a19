// Package data embeds the cmdlet reference: what the vendor's reference pages
// say about every cmdlet the simulator offers. The files are read by package
// reference; nothing else should parse them.
package data

import "embed"

// Files holds cmdlets.json and cmdlets-extra.json (Lync Server and Skype for
// Business Server) and dns-cmdlets.json (the DnsServer module).
//
//go:embed *.json
var Files embed.FS
