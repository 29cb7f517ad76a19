package standin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// moduleList are the modules on a path, for import into an engine.
type moduleList struct {
	list []*powershell.Module
	into *powershell.Runspace
}

func modulesOn(path string) (*moduleList, error) {
	found := &moduleList{}
	for _, dir := range filepath.SplitList(path) {
		manifests, err := filepath.Glob(filepath.Join(dir, "*", "*.psd1"))
		if err != nil {
			return nil, err
		}
		for _, file := range manifests {
			if err := found.add(file); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// add reads a manifest. Importing the module runs its root module.
func (l *moduleList) add(manifest string) error {
	text, err := os.ReadFile(manifest)
	if err != nil {
		return err
	}
	rs := powershell.New(powershell.Options{})
	defer rs.Close()
	out, err := rs.Eval(context.Background(), string(text))
	if err != nil || len(out) != 1 {
		return fmt.Errorf("%s is no manifest: %w", manifest, err)
	}
	table, ok := out[0].(*value.Hashtable)
	if !ok {
		return fmt.Errorf("%s is no manifest", manifest)
	}
	root, _ := table.Get("RootModule")
	version, _ := table.Get("ModuleVersion")
	var commands []*powershell.Command // with their names, the engine can import the module by itself
	exported, _ := table.Get("FunctionsToExport")
	for _, name := range value.Unroll(exported) {
		commands = append(commands, &powershell.Command{Name: value.Text(name)})
	}
	l.list = append(l.list, &powershell.Module{
		Name: filepath.Base(filepath.Dir(manifest)), Version: value.Text(version), Commands: commands,
		Load: func(ctx context.Context) error {
			body, err := os.ReadFile(filepath.Join(filepath.Dir(manifest), value.Text(root)))
			if err != nil {
				return err
			}
			_, err = l.into.Eval(ctx, string(body))
			return err
		},
	})
	return nil
}
