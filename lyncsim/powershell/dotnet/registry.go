package dotnet

import (
	"strings"
	"sync"
)

// registry holds the declared types by lower-case full name.
type registry struct {
	byName       map[string]*Type
	accelerators map[string]string // lower-case short name → full name
	derived      sync.Map          // arrays and generic types, made when first looked up
}

var (
	once  sync.Once
	built *registry
)

// table is the registry. It is made at its first use. An initialized variable would not
// compile: members look types up, so its initialization would depend on itself.
func table() *registry {
	once.Do(func() { built = newRegistry() })
	return built
}

func newRegistry() *registry {
	r := &registry{byName: make(map[string]*Type), accelerators: accelerators}
	families := [][]*Type{
		objectTypes(), numberTypes(), stringTypes(), timeTypes(), netTypes(), enumTypes(),
		exceptionTypes(), collectionTypes(), textTypes(), regexTypes(), convertTypes(), ioTypes(),
		consoleTypes(), socketTypes(), environmentTypes(), threadingTypes(), domainTypes(), certificateTypes(), xmlTypes(), cultureTypes(), engineTypes(),
	}
	for _, family := range families {
		for _, t := range family {
			r.byName[strings.ToLower(t.Name)] = t
		}
	}
	return r
}

// Lookup finds a type by full name, by name without "System." or by accelerator. The name
// may have array ranks and generic arguments. The second result is false when the table
// has no such type. Known then reports whether .NET has it.
func Lookup(name string) (*Type, bool) {
	key := strings.ToLower(strings.ReplaceAll(name, " ", ""))
	if elem, ok := strings.CutSuffix(key, "[]"); ok {
		return lookupArray(elem)
	}
	if open := strings.IndexByte(key, '['); open > 0 && strings.HasSuffix(key, "]") {
		return lookupGeneric(key[:open], key[open+1:len(key)-1])
	}
	r := table()
	if full, ok := r.accelerators[key]; ok {
		key = strings.ToLower(full)
	}
	if t, ok := r.byName[key]; ok {
		return t, true
	}
	t, ok := r.byName["system."+key]
	return t, ok
}

func lookupArray(elem string) (*Type, bool) {
	element, ok := Lookup(elem)
	if !ok {
		return nil, false
	}
	if t, ok := table().derived.Load(element.Name + "[]"); ok {
		return t.(*Type), true
	}
	t, _ := table().derived.LoadOrStore(element.Name+"[]", arrayType(element))
	return t.(*Type), true
}

func lookupGeneric(name, arguments string) (*Type, bool) {
	var types []*Type
	for _, argument := range strings.Split(arguments, ",") {
		t, ok := Lookup(strings.Trim(argument, "[]"))
		if !ok {
			return nil, false
		}
		types = append(types, t)
	}
	made := genericType(strings.TrimPrefix(strings.TrimPrefix(strings.TrimRight(name, "`12"), "system."), "collections.generic."), types)
	if made == nil {
		return nil, false
	}
	t, _ := table().derived.LoadOrStore(made.Name, made)
	return t.(*Type), true
}

// MustLookup is Lookup for names that are always in the table. An unknown name is a
// defect of the calling code and gives System.Object.
func MustLookup(name string) *Type {
	if t, ok := Lookup(name); ok {
		return t
	}
	return table().byName["system.object"]
}
