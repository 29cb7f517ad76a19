// Package data embeds the cmdlet reference: the content of the vendor's reference
// pages about every cmdlet that the simulator offers. Only package reference should
// parse the files.
package data

import "embed"

// Files holds cmdlets.json and cmdlets-extra.json (Lync Server and Skype for
// Business Server) and dns-cmdlets.json (the DnsServer module).
//
//go:embed *.json
var Files embed.FS
