package configuration

import (
	"path"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// Script is a file with functions, which an endpoint loads as it is.
type Script struct {
	Path string // on the machine's disk
	Text string
}

// Endpoint is what an endpoint that is no registered session configuration shows to one
// caller: cmdlets of a module of the machine, and functions of scripts. Like a registered
// one, it lets the caller name commands and nothing else.
func Endpoint(name, product string, cmdlets, functions []string, scripts []Script) *Configuration {
	c := &Configuration{Name: name, restricted: true, modules: make(modules)}
	c.given = capability{modules: []string{product}, cmdlets: cmdlets, functions: functions}
	for _, s := range scripts {
		file := path.Base(strings.ReplaceAll(s.Path, `\`, "/"))
		own := strings.TrimSuffix(file, path.Ext(file))
		c.given.modules = append(c.given.modules, own)
		c.modules[strings.ToLower(own)] = module{ScriptModule: powershell.ScriptModule{Name: own, Version: "0.0", Text: s.Text, Path: s.Path}}
	}
	return c
}
