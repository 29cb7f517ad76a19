package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// defaults binds the values that $PSDefaultParameterValues holds for this command. Its
// keys have the form 'Command:Parameter'; both halves may be patterns.
func (b *binder) defaults() error {
	v, ok := b.frame.scope.find("PSDefaultParameterValues")
	if !ok || !b.table.advanced {
		return nil
	}
	h, ok := plain(v.value).(*value.Hashtable)
	if !ok || value.Truth(entryOf(h, "Disabled")) {
		return nil
	}
	for _, key := range h.Keys() {
		command, parameter, ok := strings.Cut(value.Text(key), ":")
		if !ok || !WildcardMatch(strings.TrimSpace(command), b.name) {
			continue
		}
		if err := b.defaultValue(strings.TrimSpace(parameter), entryOf(h, key)); err != nil {
			return err
		}
	}
	return nil
}

func entryOf(h *value.Hashtable, key any) any {
	v, _ := h.Get(key)
	return v
}

// defaultValue binds one default value if the parameter has no value yet.
func (b *binder) defaultValue(parameter string, v any) error {
	for _, p := range b.table.list {
		if _, done := b.bound.get(p.Name); done || !WildcardMatch(parameter, p.Name) || p.sets&b.valid == 0 {
			continue
		}
		if block, ok := v.(*ScriptBlock); ok {
			out, err := b.frame.invokeBlock(b.frame.ctx, block, nil, nil)
			if err != nil {
				return err
			}
			v = plain(fold(out))
		}
		if err := b.bind(p, argument{value: v, hasValue: true}); err != nil {
			return err
		}
	}
	return nil
}
