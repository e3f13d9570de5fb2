<?cs set:Page.refresh = "15" ?><?cs include:"layout/head.cs" ?>
<?cs include:"parts/fleet.cs" ?>
<?cs include:"layout/foot.cs" ?>
